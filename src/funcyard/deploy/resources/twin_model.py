"""A model of a graph, in DTDL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from funcyard.deploy.resource import Observed
from funcyard.deploy.resources.twin_graph import GraphPart

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Value
    from funcyard.deploy.resource import Wanted
    from funcyard.deploy.resources.digital_twins import DigitalTwins
    from funcyard.deploy.resources.reach import Reach


@dataclass(frozen=True)
class TwinModel(GraphPart):
    """A model; what it says is fixed, so another document makes it anew, twins of it staying."""

    kind: ClassVar[str] = "twin-model"

    @classmethod
    def of(
        cls,
        address: str,
        instance: DigitalTwins,
        document: Mapping[str, Value],
        *,
        needs: Sequence[GraphPart] = (),
        after: Sequence[str] = (),
    ) -> Self:
        """Return a model of an instance.

        Args:
            address: Its name in the graph.
            instance: Whose graph.
            document: An interface of DTDL.
            needs: The models that it extends or has as components.
            after: Addresses of what else must be there before, such as the role that opens it.
        """
        waits_for = (instance.address, *(one.address for one in needs), *after)
        identity = cls.named(instance, "models", str(document["@id"]))
        return cls(address, identity, {"model": document, "decommissioned": False}, waits_for)

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the document, and whether it is decommissioned."""
        told = await self.found(cloud, includeModelDefinition="true")
        if told is None:
            return None
        return Observed({name: told.get(name) for name in ("model", "decommissioned")})

    async def create(self, cloud: Reach, wanted: Wanted) -> None:
        """Make it."""
        await self.send(cloud, "POST", "/models", [wanted.properties["model"]])

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],  # noqa: ARG002  only one thing can be changed
    ) -> None:
        """Take it back into use."""
        value = wanted.properties["decommissioned"]
        change: dict[str, Any] = {"op": "replace", "path": "/decommissioned", "value": value}
        await self.patch(cloud, [change])

    def replace_when(self, differences: tuple[Difference, ...]) -> bool:
        """Whether its document differs."""
        return any(one.path[0] == "model" for one in differences)
