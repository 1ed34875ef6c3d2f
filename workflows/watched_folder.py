"""The mounted folder as the place where code is written, as in a container for development.

What lies there at the start is a version of its scope, and so is whatever is saved later. Where the
folder is a share of Azure, it is a view that follows, and nobody watches it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from funcyard.workspace.watching import watch

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.workspace.connections.table import ConnectionTable
    from funcyard.workspace.sync.engine import Workspace

BY: Final = "workspace folder"
"""Who edited what was found there."""

_log = logging.getLogger("funcyard.platform")


async def watch_folder(folder: Path, workspace: Workspace, connections: ConnectionTable) -> None:
    """Adopt what lies in a folder and what is saved there, until cancelled.

    Args:
        folder: Where the workspace is mounted.
        workspace: Of which it is the view.
        connections: Tell which scopes follow a repository, and are left alone.
    """
    try:
        await watch(folder, workspace, connections, by=BY, report=_say)
    except (OSError, RuntimeError) as fault:
        # The system watches no more, as at the end of its inotify watches.
        _say(f"what is saved in {folder} is not seen any more: {fault}", bad=True)


def _say(message: str, *, bad: bool = False) -> None:
    _log.log(logging.WARNING if bad else logging.INFO, "%s", message)
