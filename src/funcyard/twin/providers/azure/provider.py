"""Azure, as the registry hands it out."""

from __future__ import annotations

from dataclasses import dataclass

from funcyard.twin.providers.azure.naming import Names
from funcyard.twin.providers.registry import CloudProvider, ResourceName


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


def provider() -> CloudProvider:
    """Return Azure."""
    return AzureProvider()
