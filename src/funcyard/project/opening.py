"""A project found on the disk: its root, and its spec read and completed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.project.holding import settle
from funcyard.project.journal import pending
from funcyard.project.place import shown, usable
from funcyard.project.reading import read_spec
from funcyard.project.spec import SPEC_FILE

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from funcyard.project.changes import Recovery
    from funcyard.project.spec import Spec


class NoProjectError(UsageError):
    """There is no project at or above a folder."""

    code = "no-project"


class NoFolderError(UsageError):
    """The folder in which a project is looked for does not exist."""

    code = "no-folder"


@dataclass(frozen=True, slots=True)
class OpenProject:
    """A project as it lies on the disk.

    Attributes:
        root: Its folder, absolute.
        spec: What funcyard.yaml says, completed.
        recovery: What was done about a change that a killed command had left.
    """

    root: Path
    spec: Spec
    recovery: Recovery | None = None


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


def settled_root(directory: Path) -> tuple[Path, Recovery | None]:
    """Find a project, and complete or throw away what a killed command left in it.

    Raises:
        NoProjectError: There is none, or there was only one that had not begun.
        ProjectBusyError, CannotWriteError, PathBlockedError: See ``holding.held``.
    """
    root = find_root(directory)
    recovery = settle(root)
    return (find_root(directory) if recovery else root), recovery


def open_project(directory: Path, *, today: date) -> OpenProject:
    """Find, settle and read a project.

    Args:
        directory: The project, or any folder in it.
        today: The day on which runtimes are judged.

    Raises:
        NoProjectError: There is none.
        SpecError: Its spec has faults.
        ProjectBusyError, CannotWriteError, PathBlockedError: See ``holding.held``.
    """
    root, recovery = settled_root(directory)
    spec = read_spec(root / SPEC_FILE, root=root, today=today).spec
    return OpenProject(root, spec, recovery)
