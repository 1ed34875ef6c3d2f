"""A twin of a graph."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from funcyard.deploy.resource import Observed
from funcyard.deploy.resources.twin_graph import GraphPart, step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.deploy.diff import Difference, Path
    from funcyard.deploy.refs import Json, Value
    from funcyard.deploy.resource import Wanted
    from funcyard.deploy.resources.digital_twins import DigitalTwins
    from funcyard.deploy.resources.reach import Reach
    from funcyard.deploy.resources.twin_model import TwinModel

_METADATA: Final = "$metadata"
_NEW: Final = {"If-None-Match": "*"}
_OWN: Final = ("$dtId", "$etag")


@dataclass(frozen=True)
class Twin(GraphPart):
    """A twin; of its properties those that are declared are held, what others set is left alone.

    Attributes:
        begins_with: Properties that it is made with and that are not looked at again.
    """

    begins_with: Mapping[str, Json] = field(default_factory=dict)

    kind: ClassVar[str] = "twin"

    @classmethod
    def of(
        cls,
        address: str,
        instance: DigitalTwins,
        name: str,
        model: TwinModel,
        properties: Mapping[str, Value] | None = None,
        *,
        components: Mapping[str, Mapping[str, Value]] | None = None,
        begins_with: Mapping[str, Json] | None = None,
        after: Sequence[str] = (),
    ) -> Self:
        """Return a twin of an instance.

        Args:
            address: Its name in the graph.
            instance: Whose graph.
            name: Its id there, up to 128 characters that a URL may hold.
            model: What it is.
            properties: Its static ones.
            components: Those of each of its components; all that the model has are named.
            begins_with: Properties that it is made with, and that others change.
            after: Addresses of what else must be there before.
        """
        parts = {part: {**one, _METADATA: {}} for part, one in (components or {}).items()}
        document: dict[str, Value] = {_METADATA: {"$model": model.id}, **(properties or {})}
        identity = cls.named(instance, "digitaltwins", name)
        waits_for = (instance.address, model.address, *after)
        return cls(address, identity, {**document, **parts}, waits_for, begins_with or {})

    async def read(self, cloud: Reach) -> Observed | None:
        """Return it as it is, without its id and mark."""
        told = await self.found(cloud)
        if told is None:
            return None
        return Observed({name: value for name, value in told.items() if name not in _OWN})

    async def create(self, cloud: Reach, wanted: Wanted) -> None:
        """Make it; one that is there is not replaced, for others write to it, too."""
        document = {**self.begins_with, **wanted.properties}
        await self.send(cloud, "PUT", self.path, document, headers=_NEW)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002
        differences: tuple[Difference, ...],
    ) -> None:
        """Patch what differs, its model first."""
        paths = dict.fromkeys(_changed(one.path, wanted.properties) for one in differences)
        ordered = sorted(paths, key=lambda path: path[0] != _METADATA)
        await self.patch(cloud, [step(path, wanted.properties) for path in ordered])


def _changed(path: Path, wanted: Mapping[str, Json]) -> Path:
    """Return what is patched where something in it differs: the model, or a whole property."""
    if path[0] == _METADATA:
        return (_METADATA, "$model")
    value: Any = wanted.get(str(path[0]))
    is_component = isinstance(value, dict) and _METADATA in value
    return path[:2] if is_component else path[:1]
