"""A resource group: what everything else lies in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed


@dataclass(frozen=True)
class ResourceGroup(ArmResource):
    """A resource group; deleting it takes along whatever lies in it."""

    kind: ClassVar[str] = "resource-group"
    version: ClassVar[str] = "2024-03-01"
    timeout: ClassVar[float] = 3600.0
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name"})

    @classmethod
    def of(cls, address: str, subscription: str, name: str, location: str) -> Self:
        """Return a group of a subscription.

        Args:
            address: Its name in the graph.
            subscription: The subscription's id.
            name: Its name, 1 to 90 letters, digits and ``_-.()``.
            location: Where what Azure keeps of it lies, such as ``westeurope``.
        """
        identity = f"/subscriptions/{subscription}/resourceGroups/{name}"
        return cls(address, identity, {"location": location})

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its id and name."""
        return {"id": self.identity, "name": self.name}

    def inside(self, provider_type: str, name: str) -> str:
        """Return the id of a resource in it, such as ``Microsoft.Storage/storageAccounts``."""
        return f"{self.identity}/providers/{provider_type}/{name}"
