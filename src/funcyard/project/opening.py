"""A project found on the disk: its root, and its spec read and completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.project.holding import settle
from funcyard.project.reading import read_spec
from funcyard.project.root import SPEC_FILE, find_root

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from funcyard.project.changes import Recovery
    from funcyard.project.spec import Spec


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
