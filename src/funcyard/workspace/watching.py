"""Watches a workspace's folder: what somebody saves there becomes a version, and runs at once.

Writes of the platform itself come by here, too; what they leave is what the current version holds,
so nothing is published for them. A scope that follows a repository is left alone: its next sync
puts the folder right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from watchfiles import awatch

from funcyard.errors import FuncyardError
from funcyard.workspace.paths import is_leftover
from funcyard.workspace.scopes import GLOBAL, InvalidScopeError, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from funcyard.workspace.connections.table import ConnectionTable
    from funcyard.workspace.sync.engine import Workspace

_WAIT_SECONDS: Final = 30
_DEBOUNCE_MS: Final = 200
_DEPTH: Final = 2


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
) -> None:
    """Adopt what is saved in a folder, until cancelled.

    Args:
        folder: That stands for the share.
        workspace: Of which it is the view.
        connections: Tell which scopes are left alone.
        by: Who edits there.
        report: Told of each version and of each fault.
    """
    async for changes in awatch(folder, debounce=_DEBOUNCE_MS, step=50):
        for scope in scopes_of(folder, (path for _, path in changes)):
            try:
                found = await connections.find(scope)
                if found is not None and found.connection.active:
                    continue
                done = await workspace.adopt(scope, by=by, wait=_WAIT_SECONDS)
            except FuncyardError as fault:
                report(f"what was saved in {scope} is no version yet: {fault.message}", bad=True)
                continue
            if done.published and done.version is not None:
                what = done.changes
                report(
                    f"{scope}: version {done.version.number}, {len(what.added)} added,"
                    f" {len(what.modified)} modified, {len(what.deleted)} deleted"
                )


def scopes_of(folder: Path, paths: Iterable[str]) -> list[Scope]:
    """Return the scopes in which something changed, those without a root in the folder left out."""
    found: set[str] = set()
    for path in paths:
        try:
            parts = folder.__class__(path).relative_to(folder).parts
        except ValueError:
            continue
        if any(is_leftover(part) for part in parts):
            continue
        if parts[:1] == (GLOBAL.root,):
            found.add(GLOBAL.name)
        elif len(parts) >= _DEPTH and parts[0] == "orgs":
            found.add(parts[1])
    scopes = []
    for name in sorted(found):
        try:
            scopes.append(Scope(name))
        except InvalidScopeError:
            continue
    return scopes
