"""Schedules follow versions: brought in line with each that counts when it is met, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.workflows.registry import Registry
    from funcyard.workflows.schedules import Schedules
    from funcyard.workflows.source import SnapshotSource


class Following:
    """Brings schedules in line with versions, each once.

    Args:
        schedules: Where they are kept.
        source: Tells the version of a scope that counts now.
    """

    def __init__(self, schedules: Schedules, source: SnapshotSource) -> None:
        self._schedules = schedules
        self._source = source
        self._followed: dict[str, str] = {}

    async def met(self, registry: Registry) -> None:
        """Bring a scope's schedules in line with a version, where that is the one that counts."""
        if self._followed.get(registry.scope) == registry.version:
            return
        if await self._source.current(registry.scope) == registry.version:
            await self._schedules.follow(registry)
            self._followed[registry.scope] = registry.version

    async def unmet(self, scope: str) -> str | None:
        """Return the version of a scope that counts, None where its schedules are in line."""
        version = await self._source.current(scope)
        return None if self._followed.get(scope) == version else version
