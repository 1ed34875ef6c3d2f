"""A user-assigned managed identity: who an app is towards Azure, kept apart from the app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed
    from funcyard.deploy.resources.resource_group import ResourceGroup

_OUTPUTS = {"principal_id": "principalId", "client_id": "clientId", "tenant_id": "tenantId"}


@dataclass(frozen=True)
class UserAssignedIdentity(ArmResource):
    """A user-assigned managed identity."""

    kind: ClassVar[str] = "user-assigned-identity"
    version: ClassVar[str] = "2023-01-31"
    output_names: ClassVar[frozenset[str]] = frozenset({"id", *_OUTPUTS})

    @classmethod
    def of(cls, address: str, group: ResourceGroup, name: str, location: str) -> Self:
        """Return an identity in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 3 to 128 letters, digits, ``-`` and ``_``.
            location: Its region.
        """
        identity = group.inside("Microsoft.ManagedIdentity/userAssignedIdentities", name)
        return cls(address, identity, {"location": location}, (group.address,))

    def is_ready(self, observed: Observed) -> bool:
        """Whether Entra ID knows it."""
        return "principalId" in _properties(observed)

    def outputs(self, observed: Observed) -> Mapping[str, Json]:
        """Return its id, and those by which Entra ID knows it."""
        told = _properties(observed)
        return {"id": self.identity} | {name: told[shown] for name, shown in _OUTPUTS.items()}


def _properties(observed: Observed) -> Mapping[str, Json]:
    found = observed.properties.get("properties")
    return found if isinstance(found, dict) else {}
