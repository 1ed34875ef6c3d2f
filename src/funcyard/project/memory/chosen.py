"""The store that a person named for a project, kept so that no later command has to be told again.

It is kept in ``.funcyard/local.json``, which Git ignores: it holds paths of this machine. A fresh
clone has none, and one that was copied or moved with the project does not count: its memory is the
other project's.
"""

from __future__ import annotations

import json
from pathlib import Path

from funcyard.atomic import write_atomically
from funcyard.errors import UserError
from funcyard.project.memory.storing import MemoryUnwritableError
from funcyard.project.place import BadPathError, usable
from funcyard.project.tree import OWN_FOLDER, PathBlockedError, locate, read

LOCAL_FILE = f"{OWN_FOLDER}/local.json"

_MEND = "name the store once with --memory DIR of `funcyard update`, or delete the file"


class LocalStateError(UserError):
    """What is kept of this machine cannot be read."""

    code = "bad-local-state"


def chosen_store(root: Path) -> Path | None:
    """Return the store that was named for the project in ``root``; None where none was.

    A link, or a folder, where the file belongs says nothing.

    Raises:
        LocalStateError: The file is damaged.
    """
    try:
        disk = read(root, LOCAL_FILE)
    except PathBlockedError:
        return None
    if disk is None:
        return None
    try:
        said = json.loads(disk.content)
        project, store = Path(said["project"]), said["memory"]
        return usable(store) if project == Path(root).absolute() else None
    except BadPathError as fault:
        raise LocalStateError(f"{LOCAL_FILE}: {fault.message}", hint=_MEND) from fault
    except (ValueError, TypeError, KeyError, RecursionError) as fault:
        message = f"{LOCAL_FILE} is damaged: it does not say where the memory is"
        raise LocalStateError(message, hint=_MEND) from fault


def choose_store(root: Path, store: Path | None) -> None:
    """Keep which store a project uses; None is the usual one.

    Raises:
        MemoryUnwritableError: It cannot be written down.
    """
    try:
        path = locate(root, LOCAL_FILE)
        if store is None:
            path.unlink(missing_ok=True)
        elif store != _kept(root):
            said = {"project": str(Path(root).absolute()), "memory": str(store)}
            write_atomically(path, json.dumps(said, indent=2, ensure_ascii=False) + "\n")
    except (OSError, PathBlockedError) as fault:
        reason = fault.message if isinstance(fault, PathBlockedError) else fault.strerror
        raise MemoryUnwritableError(f"where the memory is cannot be kept: {reason}") from fault


def _kept(root: Path) -> Path | None:
    try:
        return chosen_store(root)
    except LocalStateError:
        return None
