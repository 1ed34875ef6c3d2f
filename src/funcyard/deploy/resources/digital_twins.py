"""An instance of Azure Digital Twins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed, Operation
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.resource_group import ResourceGroup

TYPE: Final = "Microsoft.DigitalTwins/digitalTwinsInstances"
VERSION: Final = "2023-01-31"
DATA_OWNER: Final = "bcd981a7-7f74-457b-83e1-cceb9e632ffe"
"""The role with which its graph is written; who deploys a graph needs it, too."""


@dataclass(frozen=True)
class DigitalTwins(ArmResource):
    """An instance, whose graph is at an address of its own."""

    kind: ClassVar[str] = "digital-twins"
    version: ClassVar[str] = VERSION
    timeout: ClassVar[float] = 1200.0
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name", "endpoint"})

    @classmethod
    def of(cls, address: str, group: ResourceGroup, name: str, location: str) -> Self:
        """Return an instance in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 3 to 63 letters, digits and hyphens, unique in its region.
            location: Its region.
        """
        identity = group.inside(TYPE, name)
        properties = {"publicNetworkAccess": "Enabled"}
        return cls(
            address, identity, {"location": location, "properties": properties}, (group.address,)
        )

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the document that is there."""
        read = super().read
        return await cloud.addresses.seen(self.identity, lambda: read(cloud), _host)

    async def destroy(self, cloud: Reach) -> Operation | None:
        """Delete it, with its graph."""
        cloud.addresses.tell(self.identity, None)
        return await super().destroy(cloud)

    def is_ready(self, observed: Observed) -> bool:
        """Whether Azure has made all of it, and tells where it is."""
        return super().is_ready(observed) and _host(observed) is not None

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        """Return its id, name and address."""
        host = _host(observed)
        return {"id": self.identity, "name": self.name, "endpoint": f"https://{host}"}


def _host(observed: Observed | None) -> str | None:
    return None if observed is None else host_of(observed.properties)


def host_of(document: Mapping[str, Json]) -> str | None:
    """Return where an instance is; None where that is not known yet."""
    properties = document.get("properties")
    found = properties.get("hostName") if isinstance(properties, dict) else None
    return str(found) if found else None
