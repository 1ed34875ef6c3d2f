"""Watches a workspace's folder: what somebody saves there becomes a version, and runs at once.

Writes of the platform itself come by here, too; what they leave is what the current version holds:
that is looked at first, at the touched places alone and without holding the scope, so that nobody
who saves through the API waits for it. A scope that follows a repository is left alone: its next
sync puts the folder right. What could not be made a version, because the storage was full or away
or the scope was busy, is tried again until it can be.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Final, Protocol

from watchfiles import awatch

from funcyard.errors import FuncyardError
from funcyard.workspace.paths import is_leftover, printable
from funcyard.workspace.recognising import Recognition
from funcyard.workspace.scopes import GLOBAL, InvalidScopeError, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from funcyard.workspace.connections.table import ConnectionTable
    from funcyard.workspace.source import LeftOut
    from funcyard.workspace.sync.engine import Workspace
    from funcyard.workspace.sync.result import SyncResult

_WAIT_SECONDS: Final = 30
_AGAIN_SECONDS: Final = 5
_DEBOUNCE_MS: Final = 200
_DEPTH: Final = 2
_MOST_LINES: Final = 5


class Report(Protocol):
    """Told what happened."""

    def __call__(self, message: str, *, bad: bool = False) -> None:
        """Take a line."""
        ...


async def watch(
    folder: Path,
    workspace: Workspace,
    connections: ConnectionTable,
    *,
    by: str,
    report: Report,
    wait: float = _WAIT_SECONDS,
    again: float = _AGAIN_SECONDS,
) -> None:
    """Adopt what lies in a folder, and what is saved there, until cancelled.

    What lies there is looked at a second time once the system watches: something may have been
    saved in between. A folder that is moved or unmounted is told; once it is back, or another
    stands there, that one is watched.

    Args:
        folder: That stands for the share.
        workspace: Of which it is the view.
        connections: Tell which scopes are left alone.
        by: Who edits there.
        report: Told of each version, of what is left out of it, and of each fault.
        wait: Seconds that somebody else may hold a scope.
        again: Seconds until what could not be adopted is tried again.
    """
    adopting = _Adopting(folder, workspace, connections, by, report, wait)
    gone = False
    while True:
        stands = await asyncio.to_thread(_identity, folder)
        if stands is not None:
            if gone:
                report(f"{folder} is there again: what is saved in it is seen")
            with suppress(FileNotFoundError):  # gone meanwhile
                await _watch(folder, stands, adopting, again)
        elif not gone:
            report(f"{folder} is not there: until it is, nothing that is saved is seen", bad=True)
        gone = stands is None
        await asyncio.sleep(again if gone else 0)


async def _watch(folder: Path, stands: tuple[int, int], adopting: _Adopting, again: float) -> None:
    """Adopt what lies in a folder, and what is saved there, for as long as it is that folder.

    Raises:
        FileNotFoundError: It is not there any more.
    """
    again_at_first = [*touched_in(folder, await asyncio.to_thread(_roots, folder))]
    await adopting.adopt(dict.fromkeys(again_at_first))
    changes = awatch(
        folder,
        debounce=_DEBOUNCE_MS,
        step=50,
        rust_timeout=int(again * 1000),
        yield_on_timeout=True,
    )
    async with aclosing(changes):
        async for batch in changes:
            if await asyncio.to_thread(_identity, folder) != stands:
                return
            touched = touched_in(folder, (path for _, path in batch))
            await adopting.adopt(touched | dict.fromkeys([*again_at_first, *adopting.faults]))
            again_at_first = []


class _Adopting:
    """Adopts scopes, and knows what was told of each.

    Attributes:
        faults: Why the last adoption of a scope failed, of those that did.
    """

    def __init__(
        self,
        folder: Path,
        workspace: Workspace,
        connections: ConnectionTable,
        by: str,
        report: Report,
        wait: float,
    ) -> None:
        self.faults: dict[Scope, str] = {}
        self._left_out: dict[Scope, dict[str, LeftOut]] = {}
        self._folder = folder
        self._workspace = workspace
        self._connections = connections
        self._by = by
        self._report = report
        self._wait = wait

    async def adopt(self, scopes: Mapping[Scope, set[str] | None]) -> None:
        """Adopt what lies in the roots of scopes; a fault is told, and told once.

        Args:
            scopes: With the paths that were touched; None where all of it has to be looked at.
        """
        for scope, paths in scopes.items():
            try:
                done = await self._adopt(scope, paths)
            except FuncyardError as fault:
                if self.faults.get(scope) != fault.message:
                    message = f"what was saved in {scope} is no version yet: {fault.message}"
                    self._report(message, bad=True)
                self.faults[scope] = fault.message
                continue
            self.faults.pop(scope, None)
            if done is None:
                continue
            _tell(scope, done, self._left_out.get(scope, {}), self._report)
            self._left_out[scope] = {one.path: one for one in done.left_out}

    async def _adopt(self, scope: Scope, paths: set[str] | None) -> SyncResult | None:
        """Adopt what lies in a scope's root, None where nothing has to be done."""
        found = await self._connections.find(scope)
        if found is not None and found.connection.active:
            return None  # it follows a repository
        if paths is not None and await self._knows(scope, paths):
            return None
        return await self._workspace.adopt(scope, by=self._by, wait=self._wait)

    async def _knows(self, scope: Scope, paths: set[str]) -> bool:
        """Whether what was touched is as the current version holds it, and was before."""
        if not self._left_out.get(scope, {}).keys().isdisjoint(map(printable, paths)):
            return False
        current = await self._workspace.versions.current(scope)
        recognition = Recognition(
            self._folder / scope.root, None if current is None else current[1]
        )
        with suppress(OSError):
            return await asyncio.to_thread(recognition.of, paths)
        return False


def _tell(scope: Scope, done: SyncResult, known: Mapping[str, LeftOut], report: Report) -> None:
    if done.published and done.version is not None:
        what = done.changes
        report(
            f"{scope}: version {done.version.number}, {len(what.added)} added,"
            f" {len(what.modified)} modified, {len(what.deleted)} deleted"
        )
    new = [one for one in done.left_out if known.get(one.path) != one]
    for one in new[:_MOST_LINES]:
        report(f"{scope}: left out {one.path!a}: {one.detail}", bad=True)
    if len(new) > _MOST_LINES:
        report(f"{scope}: left out {len(new) - _MOST_LINES} more", bad=True)


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a folder from another at its path, None where there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino)


def _roots(folder: Path) -> list[str]:
    """Return what may be roots of scopes in a folder."""
    candidates = [folder / GLOBAL.root, *folder.glob("orgs/*")]
    return [str(path) for path in candidates if path.is_dir() and not path.is_symlink()]


def touched_in(folder: Path, paths: Iterable[str]) -> dict[Scope, set[str] | None]:
    """Return the scopes in which something changed, with the paths from their roots.

    Args:
        folder: Of the workspace.
        paths: That changed. Those of no scope are left out; of a root itself follows None.
    """
    found: dict[str, set[str] | None] = {}
    for path in paths:
        try:
            parts = folder.__class__(path).relative_to(folder).parts
        except ValueError:
            continue
        if any(is_leftover(part) for part in parts):
            continue
        if parts[:1] == (GLOBAL.root,):
            _add(found, GLOBAL.name, parts[1:])
        elif len(parts) >= _DEPTH and parts[0] == "orgs":
            _add(found, parts[1], parts[_DEPTH:])
    scopes = {}
    for name in sorted(found):
        try:
            scopes[Scope(name)] = found[name]
        except InvalidScopeError:
            continue
    return scopes


def _add(found: dict[str, set[str] | None], scope: str, parts: tuple[str, ...]) -> None:
    paths = found.setdefault(scope, set())
    if not parts:
        found[scope] = None
    elif paths is not None:
        paths.add("/".join(parts))
