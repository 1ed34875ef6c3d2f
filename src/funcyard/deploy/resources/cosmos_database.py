"""A database of a Cosmos DB account: what containers lie in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from funcyard.deploy.resources.arm import ArmResource
from funcyard.deploy.resources.cosmos_account import COSMOS_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed
    from funcyard.deploy.resources.cosmos_account import CosmosAccount


@dataclass(frozen=True)
class CosmosDatabase(ArmResource):
    """A database; the account says whose it is."""

    kind: ClassVar[str] = "cosmos-database"
    version: ClassVar[str] = COSMOS_VERSION
    has_tags: ClassVar[bool] = False
    identity_is_ours: ClassVar[bool] = True
    output_names: ClassVar[frozenset[str]] = frozenset({"name"})

    @classmethod
    def of(cls, address: str, account: CosmosAccount, name: str) -> Self:
        """Return a database of an account.

        Args:
            address: Its name in the graph.
            account: Where it lies.
            name: 1 to 255 characters, no slash, backslash, ``?`` or ``#``.
        """
        identity = f"{account.identity}/sqlDatabases/{name}"
        return cls(
            address, identity, {"properties": {"resource": {"id": name}}}, (account.address,)
        )

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its name."""
        return {"name": self.name}
