"""A relationship between two twins of a graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from funcyard.deploy.resource import Observed
from funcyard.deploy.resources.twin_graph import GraphPart, step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Value
    from funcyard.deploy.resource import Wanted
    from funcyard.deploy.resources.digital_twins import DigitalTwins
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.twin import Twin

_FIXED: Final = ("$targetId", "$relationshipName")
_NEW: Final = {"If-None-Match": "*"}
_OWN: Final = ("$etag", "$relationshipId", "$sourceId")


@dataclass(frozen=True)
class TwinRelationship(GraphPart):
    """A relationship; what it leads to and its name are fixed."""

    kind: ClassVar[str] = "twin-relationship"

    @classmethod
    def of(
        cls,
        address: str,
        instance: DigitalTwins,
        name: str,
        *,
        source: Twin,
        target: Twin,
        relationship: str,
        properties: Mapping[str, Value] | None = None,
    ) -> Self:
        """Return a relationship of an instance.

        Args:
            address: Its name in the graph.
            instance: Whose graph.
            name: Its id, one of a kind among those of the source.
            source: What it leads from.
            target: What it leads to.
            relationship: What the source's model calls it.
            properties: Of its own.
        """
        identity = cls.named(instance, "digitaltwins", source.id, "relationships", name)
        fixed: dict[str, Value] = {"$targetId": target.id, "$relationshipName": relationship}
        return cls(
            address,
            identity,
            {**fixed, **(properties or {})},
            (instance.address, source.address, target.address),
        )

    async def read(self, cloud: Reach) -> Observed | None:
        """Return it as it is, without its id and mark."""
        told = await self.found(cloud)
        if told is None:
            return None
        return Observed({name: value for name, value in told.items() if name not in _OWN})

    async def create(self, cloud: Reach, wanted: Wanted) -> None:
        """Make it."""
        await self.send(cloud, "PUT", self.path, dict(wanted.properties), headers=_NEW)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],
    ) -> None:
        """Patch the properties that differ."""
        paths = dict.fromkeys(one.path[:1] for one in differences)
        await self.patch(cloud, [step(path, wanted.properties) for path in paths])

    def replace_when(self, differences: tuple[Difference, ...]) -> bool:
        """Whether something differs that is fixed."""
        return any(one.path[0] in _FIXED for one in differences)
