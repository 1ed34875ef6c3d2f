"""A Cosmos DB account for NoSQL: where items of low latency lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.resource_group import ResourceGroup

COSMOS_VERSION: Final = "2024-11-15"
_LOCATION: Final = "locationName"


@dataclass(frozen=True)
class CosmosAccount(ArmResource):
    """A Cosmos DB account for NoSQL in one region: serverless, TLS 1.2 at least."""

    kind: ClassVar[str] = "cosmos-account"
    version: ClassVar[str] = COSMOS_VERSION
    timeout: ClassVar[float] = 1800.0  # ten minutes are usual in Azure
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name", "endpoint"})
    secret_names: ClassVar[frozenset[str]] = frozenset({"key", "connection_string"})
    fixed: ClassVar[tuple[Path, ...]] = (
        ("location",),
        ("kind",),
        ("properties", "capabilities"),
        ("properties", "locations"),
    )

    @classmethod
    def of(cls, address: str, group: ResourceGroup, name: str, location: str) -> Self:
        """Return an account in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 3 to 44 lower-case letters, digits and hyphens, unique in all of Azure.
            location: Its region.
        """
        return cls(
            address,
            group.inside("Microsoft.DocumentDB/databaseAccounts", name),
            {
                "location": location,
                "kind": "GlobalDocumentDB",
                "properties": {
                    "databaseAccountOfferType": "Standard",
                    "locations": [{_LOCATION: location, "failoverPriority": 0}],
                    "capabilities": [{"name": "EnableServerless"}],
                    "consistencyPolicy": {"defaultConsistencyLevel": "Session"},
                    "minimalTlsVersion": "Tls12",
                },
            },
            (group.address,),
        )

    def is_ready(self, observed: Observed) -> bool:
        """Whether Azure has made all of it, and tells where it is."""
        return super().is_ready(observed) and bool(_endpoint(observed.properties))

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        """Return its id, name and address."""
        endpoint = _endpoint(observed.properties)
        return {"id": self.identity, "name": self.name, "endpoint": endpoint}

    async def secrets(self, cloud: Reach, names: frozenset[str]) -> Mapping[str, str]:
        """Return its first key, and a connection string with that."""
        listed = await cloud.manager.act(self.identity, "listKeys", self.version)
        key = str(listed["primaryMasterKey"])
        found = {"key": key}
        if "connection_string" in names:
            shown = await cloud.manager.get(self.identity, self.version) or {}
            found["connection_string"] = f"AccountEndpoint={_endpoint(shown)};AccountKey={key};"
        return {name: found[name] for name in names}

    def alike(self, path: Path, wanted: Json, found: Json) -> bool:
        """Whether two spellings name one region, also of those that it is served from."""
        at = ("location",) if path[-1:] == (_LOCATION,) else path
        return super().alike(at, wanted, found)


def _endpoint(document: Mapping[str, Json]) -> str:
    properties = document.get("properties")
    found = properties.get("documentEndpoint") if isinstance(properties, dict) else None
    return str(found or "")
