"""Where a project is: its folder, found from any folder in it, and the host's state in there.

What only asks a running project, or ends it, needs no more than this; nothing here reads the spec.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from funcyard.errors import UsageError
from funcyard.project.place import shown, usable
from funcyard.project.tree import OWN_FOLDER

if TYPE_CHECKING:
    from pathlib import Path

SPEC_FILE: Final = "funcyard.yaml"
JOURNAL: Final = f"{OWN_FOLDER}/journal"
"""The folder of a change that is being made, see ``journal.py``."""
STATE: Final = f"{OWN_FOLDER}/run"
"""What the host keeps between runs, relative to the project; not for Git."""


class NoProjectError(UsageError):
    """There is no project at or above a folder."""

    code = "no-project"


class NoFolderError(UsageError):
    """The folder in which a project is looked for does not exist."""

    code = "no-folder"


def find_root(directory: Path) -> Path:
    """Return the nearest folder, from this one upward, that holds a project.

    That is a funcyard.yaml, or the journal of a killed ``funcyard new`` that had not written it.

    Raises:
        NoProjectError: There is none.
        NoFolderError: The folder does not exist.
        BadPathError: It cannot be used.
    """
    start = usable(directory)
    if not start.is_dir():
        raise NoFolderError(
            f"{shown(str(directory))} does not exist", hint="name a project, or any folder in it"
        )
    for folder in (start, *start.parents):
        if os.path.isfile(folder / SPEC_FILE) or pending(folder):  # noqa: PTH113 - one that may not be searched holds none
            return folder
    raise NoProjectError(
        f"there is no {SPEC_FILE} in {directory} or above it",
        hint="funcyard new makes a project",
    )


def pending(root: Path) -> bool:
    """Tell whether a killed command left a journal in ``root``."""
    return os.path.lexists(root / JOURNAL)


def state_folder(root: Path) -> Path:
    """Return the host's state folder of a project."""
    return root / STATE
