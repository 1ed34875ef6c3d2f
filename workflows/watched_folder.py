"""The mounted folder as the place where code is written, as in a container for development.

What lies there at the start is a version of its scope, and so is whatever is saved later. Where the
folder is a share of Azure, it is a view that follows, and nobody watches it.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.scopes import GLOBAL
from funcyard.workspace.watching import scopes_of, watch

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.workspace.connections.table import ConnectionTable
    from funcyard.workspace.sync.engine import Workspace

BY: Final = "workspace folder"
"""Who edited what was found there."""

_log = logging.getLogger("funcyard.platform")
_WAIT_SECONDS: Final = 30


async def watch_folder(folder: Path, workspace: Workspace, connections: ConnectionTable) -> None:
    """Adopt what lies in a folder and what is saved there, until cancelled.

    Args:
        folder: Where the workspace is mounted.
        workspace: Of which it is the view.
        connections: Tell which scopes follow a repository, and are left alone.
    """
    for scope in scopes_of(folder, await asyncio.to_thread(_roots, folder)):
        try:
            found = await connections.find(scope)
            if found is None or not found.connection.active:
                await workspace.adopt(scope, by=BY, wait=_WAIT_SECONDS)
        except FuncyardError as fault:
            _say(f"what lies in {scope} is no version yet: {fault.message}", bad=True)
    await watch(folder, workspace, connections, by=BY, report=_say)


def _roots(folder: Path) -> list[str]:
    """Return the folders that may be roots of scopes."""
    candidates = [folder / GLOBAL.root, *folder.glob("orgs/*")]
    return [str(path) for path in candidates if path.is_dir()]


def _say(message: str, *, bad: bool = False) -> None:
    _log.log(logging.WARNING if bad else logging.INFO, "%s", message)
