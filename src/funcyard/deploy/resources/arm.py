"""What resources of Azure Resource Manager have in common.

A resource's identity is its id, its properties are the document that is sent, without tags. Writing
is one PUT of the whole document, as a template's deployment does it, so it may be done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from funcyard.deploy.resource import Observed, Resource, Wanted
from funcyard.deploy.resources.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Difference, Path
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Operation

_SHOWN: Final = ("identity", "kind", "location", "properties", "sku")
_READY: Final = frozenset({"", "succeeded"})
_FAILED: Final = frozenset({"failed", "canceled"})


@dataclass(frozen=True)
class ArmResource(Resource[Reach]):
    """A resource of Azure Resource Manager.

    Attributes:
        version: Of the API by which it is read and written.
        has_tags: Whether its type has tags.
        fixed: What can be changed only by making it anew, by the first parts of paths.
    """

    version: ClassVar[str]
    has_tags: ClassVar[bool] = True
    fixed: ClassVar[tuple[Path, ...]] = (("location",),)

    @property
    def name(self) -> str:
        """Its own name, the last part of its id."""
        return self.identity.rpartition("/")[2]

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the document that is there."""
        found = await cloud.manager.get(self.identity, self.version)
        if found is None:
            return None
        tags = {name: str(value) for name, value in (found.get("tags") or {}).items()}
        shown = {name: found[name] for name in _SHOWN if found.get(name) is not None}
        return Observed(shown, tags if self.has_tags else None)

    async def create(self, cloud: Reach, wanted: Wanted) -> Operation | None:
        """Put the document."""
        return await self._put(cloud, wanted.properties, wanted.tags)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,
        differences: tuple[Difference, ...],  # noqa: ARG002  the whole document is put
    ) -> Operation | None:
        """Put the document; tags of others stay."""
        return await self._put(cloud, wanted.properties, {**(observed.tags or {}), **wanted.tags})

    async def destroy(self, cloud: Reach) -> Operation | None:
        """Delete it."""
        return await cloud.manager.delete(self.identity, self.version)

    def is_ready(self, observed: Observed) -> bool:
        """Whether Azure has made all of it."""
        return _state(observed) in _READY

    def fault(self, observed: Observed) -> str | None:
        """Return that Azure failed to make it."""
        state = _state(observed)
        return f"Azure tells that it {state}" if state in _FAILED else None

    def replace_when(self, differences: tuple[Difference, ...]) -> bool:
        """Whether something differs that is fixed."""
        return any(
            difference.path[: len(path)] == path
            for difference in differences
            for path in self.fixed
        )

    def alike(self, path: Path, wanted: Json, found: Json) -> bool:
        """Whether two spellings name one region, or ids or names that Azure takes for the same."""
        if not isinstance(wanted, str) or not isinstance(found, str):
            return False
        if path == ("location",):
            return _region(wanted) == _region(found)
        return wanted.startswith("/subscriptions/") and wanted.lower() == found.lower()

    async def _put(
        self, cloud: Reach, properties: Mapping[str, Json], tags: Mapping[str, str]
    ) -> Operation | None:
        body: dict[str, Any] = dict(properties)
        if self.has_tags:
            body["tags"] = dict(tags)
        return await cloud.manager.put(self.identity, self.version, body)


def _state(observed: Observed) -> str:
    properties = observed.properties.get("properties")
    state = properties.get("provisioningState") if isinstance(properties, dict) else None
    return str(state or "").lower()


def _region(text: str) -> str:
    """Return a region's name for programs: ``West Europe`` is ``westeurope``."""
    return text.replace(" ", "").lower()
