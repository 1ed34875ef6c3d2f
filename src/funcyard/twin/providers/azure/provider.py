"""Azure, as the registry hands it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.twin.providers.azure.naming import Names
from funcyard.twin.providers.registry import CloudProvider, ResourceName

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.registry import DeployerStrategy


@dataclass(frozen=True, slots=True)
class AzureProvider:
    """Azure.

    Attributes:
        name: The name that slots use.
    """

    name: str = "azure"

    def resource_names(self, twin: str, subscription: str) -> tuple[ResourceName, ...]:
        """Return the names of a twin's resources in a subscription."""
        return tuple(
            ResourceName(rule.type, name) for rule, name in Names(twin, subscription).all()
        )

    def deployer_strategy(self, context: Context) -> DeployerStrategy:
        """Return how a twin's part on Azure is deployed."""
        from funcyard.twin.providers.azure.deployer_strategy import AzureDeployerStrategy  # noqa: PLC0415 - with all of its resources

        return AzureDeployerStrategy(context)


def provider() -> CloudProvider:
    """Return Azure."""
    return AzureProvider()
