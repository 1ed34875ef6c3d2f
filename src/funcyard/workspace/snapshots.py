"""Snapshots: a version as a folder of this machine, never changed, for a worker to run.

Contents are kept once, under their hashes, and linked into each version's folder, so the next
version costs the download of what changed. A folder is made aside and renamed, so it is whole or
not there; whoever uses one holds a shared lock on it, also over processes and until they die, and
what is locked is never cleared away.

::

    contents/ab/abcd…                 one content, read-only
    versions/<scope>/<version>/…      a snapshot, linked from the contents
    locks/<scope>.<version>           held while it is used; its time says when that last began
    aside/…                           what is being made or removed
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final, Self

from funcyard.errors import FuncyardError
from funcyard.workspace.snapshot_files import SnapshotFiles
from funcyard.workspace.versions.contents import by_place

if TYPE_CHECKING:
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.manifest import Manifest
    from funcyard.workspace.versions.name import VersionName
    from funcyard.workspace.versions.storage import Versions

VIEW: Final = "/workspace"
"""Where the view is mounted, unless it is told."""

CAPACITY: Final = 2 << 30
"""How many bytes are kept, unless it is told; what is in use is kept beyond that."""

_TRIES: Final = 5


class SnapshotError(FuncyardError):
    """A snapshot cannot be made on this machine's disk."""

    code = "workspace-snapshot"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A version's folder, in use until it is closed; ``with`` closes it.

    Attributes:
        scope: Whose.
        version: Which.
        folder: Its files. Nobody may write there.
        view: The folder in which people see the same files.
    """

    scope: Scope
    version: VersionName
    folder: Path
    view: PurePosixPath
    _lock: list[int] = field(repr=False, compare=False)

    def to_view(self, path: str) -> str:
        """Return the path that people know a file by; one from elsewhere stays as it is.

        Code is compiled under that name, so tracebacks tell it and breakpoints hold.
        """
        return _moved(path, str(self.folder), str(self.view))

    def to_folder(self, path: str) -> str:
        """Return the path of the file here that people know by that; others stay as they are."""
        return _moved(path, str(self.view), str(self.folder))

    def close(self) -> None:
        """Say that it is no longer in use; safe to call twice."""
        while self._lock:
            SnapshotFiles.unlock(self._lock.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Snapshots:
    """The snapshots of one machine; any number of processes may share a folder.

    Args:
        root: The folder. It is made when missing.
        versions: Where versions are kept.
        view: Where the view is mounted.
        capacity: How many bytes to keep.
    """

    def __init__(
        self, root: Path, versions: Versions, *, view: str = VIEW, capacity: int = CAPACITY
    ) -> None:
        self._files = SnapshotFiles(root, capacity)
        self._versions = versions
        self._view = PurePosixPath(view)
        self._making: dict[tuple[Scope, VersionName], asyncio.Lock] = {}

    async def acquire(self, scope: Scope, version: VersionName) -> Snapshot:
        """Return a version's folder, made where it is not there yet.

        Raises:
            VersionGoneError: The version is not kept any more.
            ManifestError: Its manifest is damaged.
            ContentDamagedError: One of its contents is.
            SnapshotError: The disk is full or refuses.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        name = f"{scope.name}/{version.short}"
        try:
            lock = await asyncio.to_thread(self._files.lock, name)
            try:
                if not await asyncio.to_thread(self._files.has, name):
                    await self._make_once(scope, version, name)
            except BaseException:
                self._files.unlock(lock)
                raise
        except OSError as fault:
            raise SnapshotError(
                f"version {version.short} of {scope} cannot be laid out: {fault.strerror}",
                hint="make room where temporary files are kept",
            ) from fault
        view = self._view / scope.root
        return Snapshot(scope, version, self._files.folder(name), view, [lock])

    async def _make_once(self, scope: Scope, version: VersionName, name: str) -> None:
        key = (scope, version)
        async with self._making.setdefault(key, asyncio.Lock()):
            try:
                if not await asyncio.to_thread(self._files.has, name):
                    await self._make(await self._versions.library.load(scope, version), name)
                    await asyncio.to_thread(self._files.trim)
            finally:
                self._making.pop(key, None)

    async def _make(self, manifest: Manifest, name: str) -> None:
        sizes = {file.sha256: file.size for file in manifest.files.values()}
        files = {path: file.sha256 for path, file in manifest.files.items()}
        folders = sorted(manifest.folders())
        for _ in range(_TRIES):
            missing = await asyncio.to_thread(self._files.missing, sizes)
            reading = self._versions.contents.read(manifest, by_place(manifest, missing))
            async with aclosing(reading):
                async for sha256, content in reading:
                    await asyncio.to_thread(self._files.keep, sha256, content)
            if await asyncio.to_thread(self._files.lay_out, name, folders, files):
                return
        raise SnapshotError(f"the contents of {name} vanish while they are laid out")


def _moved(path: str, old: str, new: str) -> str:
    if path == old or path.startswith(old + "/"):
        return new + path[len(old) :]
    return path
