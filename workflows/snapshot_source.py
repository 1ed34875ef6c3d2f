"""Versions of the workspace as the engine takes them: by name, laid out as folders.

The engine may use a folder for as long as a worker process lives, and does not say when it has
ended, so the locks of the last folders are held; beyond them the oldest is let go.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from funcyard.workspace.scopes import Scope
from funcyard.workspace.versions.name import VersionName

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.workspace.snapshots import Snapshot, Snapshots
    from funcyard.workspace.versions.storage import Versions

_HELD: Final = 256


class VersionSource:
    """What :class:`funcyard.workflows.source.SnapshotSource` asks for.

    Args:
        versions: Where versions are kept.
        snapshots: Lays them out.
    """

    def __init__(self, versions: Versions, snapshots: Snapshots) -> None:
        self._versions = versions
        self._snapshots = snapshots
        self._held: OrderedDict[tuple[str, str], Snapshot] = OrderedDict()

    async def current(self, scope: str) -> str | None:
        """Return the name of the version that counts now, None before the first."""
        name = (await self._versions.ledger.read(Scope(scope))).current
        return None if name is None else str(name)

    async def materialise(self, scope: str, version: str) -> tuple[Path, str]:
        """Return a version's folder, and what its root is called in the view."""
        key = (scope, version)
        if key not in self._held:
            taken = await self._snapshots.acquire(Scope(scope), VersionName.parse(version))
            self._held.setdefault(key, taken)
            if self._held[key] is not taken:
                taken.close()
        self._held.move_to_end(key)
        while len(self._held) > _HELD:
            self._held.popitem(last=False)[1].close()
        snapshot = self._held[key]
        return snapshot.folder, snapshot.view.as_posix()
