"""A container of a Cosmos DB database: items by a partition key, perhaps for a time only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from funcyard.deploy.resources.arm import ArmResource
from funcyard.deploy.resources.cosmos_account import COSMOS_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed
    from funcyard.deploy.resources.cosmos_database import CosmosDatabase

_NEWEST_HASH = 2


@dataclass(frozen=True)
class CosmosContainer(ArmResource):
    """A container; the account says whose it is, and its partition key is for good."""

    kind: ClassVar[str] = "cosmos-container"
    version: ClassVar[str] = COSMOS_VERSION
    has_tags: ClassVar[bool] = False
    identity_is_ours: ClassVar[bool] = True
    output_names: ClassVar[frozenset[str]] = frozenset({"name"})
    fixed: ClassVar[tuple[Path, ...]] = (("properties", "resource", "partitionKey"),)

    @classmethod
    def of(
        cls,
        address: str,
        database: CosmosDatabase,
        name: str,
        partition_key: str,
        *,
        ttl: int | None = None,
    ) -> Self:
        """Return a container of a database.

        Args:
            address: Its name in the graph.
            database: Where it lies.
            name: 1 to 255 characters, no slash, backslash, ``?`` or ``#``.
            partition_key: Path of what tells items' partitions apart, such as ``/deviceId``.
            ttl: For how many seconds items live; -1 for as long as each says itself; for ever
                without.
        """
        resource: dict[str, Json] = {
            "id": name,
            "partitionKey": {"paths": [partition_key], "kind": "Hash", "version": _NEWEST_HASH},
        }
        if ttl is not None:
            resource["defaultTtl"] = ttl
        identity = f"{database.identity}/containers/{name}"
        return cls(address, identity, {"properties": {"resource": resource}}, (database.address,))

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its name."""
        return {"name": self.name}
