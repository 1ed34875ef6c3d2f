"""An instance of Azure Managed Grafana."""

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

VERSION: Final = "2023-09-01"
ADMIN: Final = "22926164-76b3-42b3-bc55-97df8dab3e41"
"""The role with which it is furnished; who deploys data sources needs it, too."""


@dataclass(frozen=True)
class Grafana(ArmResource):
    """An instance with an identity of its own, closed to API keys unless they are asked for."""

    kind: ClassVar[str] = "grafana"
    version: ClassVar[str] = VERSION
    timeout: ClassVar[float] = 1800.0
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name", "endpoint", "principal_id"})

    @classmethod
    def of(
        cls,
        address: str,
        group: ResourceGroup,
        name: str,
        location: str,
        *,
        api_keys: bool = False,
    ) -> Self:
        """Return an instance in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 2 to 30 letters, digits and hyphens, a letter first.
            location: Its region.
            api_keys: Whether tokens of service accounts open it.
        """
        return cls(
            address,
            group.inside("Microsoft.Dashboard/grafana", name),
            {
                "location": location,
                "sku": {"name": "Standard"},
                "identity": {"type": "SystemAssigned"},
                "properties": {
                    "apiKey": "Enabled" if api_keys else "Disabled",
                    "publicNetworkAccess": "Enabled",
                    "zoneRedundancy": "Disabled",
                },
            },
            (group.address,),
        )

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the document that is there."""
        read = super().read
        return await cloud.addresses.seen(
            self.identity,
            lambda: read(cloud),
            lambda observed: None if observed is None else host_of(observed.properties),
        )

    async def destroy(self, cloud: Reach) -> Operation | None:
        """Delete it, with what it keeps."""
        cloud.addresses.tell(self.identity, None)
        return await super().destroy(cloud)

    def is_ready(self, observed: Observed) -> bool:
        """Whether Azure has made all of it, and tells where it is."""
        return super().is_ready(observed) and host_of(observed.properties) is not None

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        """Return its id, name and address, and who it is."""
        identity = observed.properties.get("identity")
        principal = identity.get("principalId") if isinstance(identity, dict) else None
        return {
            "id": self.identity,
            "name": self.name,
            "endpoint": f"https://{host_of(observed.properties)}",
            "principal_id": principal,
        }


def host_of(document: Mapping[str, Json]) -> str | None:
    """Return where an instance is; None where that is not known yet."""
    properties = document.get("properties")
    found = properties.get("endpoint") if isinstance(properties, dict) else None
    return str(found).removeprefix("https://").rstrip("/") if found else None
