"""A plan: what function apps run on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from funcyard.deploy.resources.arm import ArmResource

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Observed
    from funcyard.deploy.resources.resource_group import ResourceGroup


@dataclass(frozen=True)
class ServicePlan(ArmResource):
    """A plan on Linux: ``Y1`` is paid by use, ``B1`` and its like by the hour."""

    kind: ClassVar[str] = "service-plan"
    version: ClassVar[str] = "2024-11-01"
    output_names: ClassVar[frozenset[str]] = frozenset({"id", "name"})
    fixed: ClassVar[tuple[Path, ...]] = (("location",), ("properties", "reserved"))

    @classmethod
    def of(
        cls, address: str, group: ResourceGroup, name: str, location: str, *, sku: str = "Y1"
    ) -> Self:
        """Return a plan in a group.

        Args:
            address: Its name in the graph.
            group: Where it lies.
            name: 1 to 60 letters, digits and hyphens.
            location: Its region, and that of its apps.
            sku: Its size.
        """
        return cls(
            address,
            group.inside("Microsoft.Web/serverfarms", name),
            {"location": location, "sku": {"name": sku}, "properties": {"reserved": True}},
            (group.address,),
        )

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return its id and name."""
        return {"id": self.identity, "name": self.name}
