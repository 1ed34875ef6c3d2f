"""Where the parts of a twin lie: the subscription and the regions of each of its clouds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from funcyard.twin.providers.azure.naming import Names

if TYPE_CHECKING:
    from funcyard.twin.config.credentials import AzureCredentials


@dataclass(frozen=True, slots=True)
class Place:
    """One subscription that a twin uses.

    Attributes:
        cloud: Its name in the slots, such as ``azure`` or ``azure:plant``.
        subscription: Its id.
        names: What the twin's resources are called there.
        region: Where everything lies that has no region of its own.
        hub_region: Where the IoT hub lies.
        graph_region: Where the graph of twins lies.
    """

    cloud: str
    subscription: str
    names: Names
    region: str
    hub_region: str
    graph_region: str

    @classmethod
    def of(cls, twin: str, cloud: str, subscription: str, regions: AzureCredentials) -> Self:
        """Return the place of a cloud.

        Args:
            twin: The twin's name.
            cloud: The cloud's name in the slots.
            subscription: The id of its subscription.
            regions: Its regions.
        """
        return cls(
            cloud,
            subscription,
            Names(twin, subscription),
            regions.azure_region,
            regions.azure_region_iothub or regions.azure_region,
            regions.azure_region_digital_twin or regions.azure_region,
        )

    def address(self, layer: str, part: str) -> str:
        """Return what a part of a layer is called in the graph of a deployment.

        ``l1.hub`` lies in ``azure``, ``l1@plant.hub`` in ``azure:plant``.
        """
        account = self.cloud.partition(":")[2]
        return f"{layer}@{account}.{part}" if account else f"{layer}.{part}"


def layer_of(address: str) -> str:
    """Return the layer of an address that a place gave: ``l1`` of ``l1@plant.hub``."""
    return address.partition(".")[0].partition("@")[0]


def cloud_of(address: str) -> str:
    """Return the cloud of an address that a place gave: ``azure:plant`` of ``l1@plant.hub``."""
    account = address.partition(".")[0].partition("@")[2]
    return f"azure:{account}" if account else "azure"
