"""A project found on the disk: its root, and its spec read and completed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.project.reading import read_spec
from funcyard.project.spec import SPEC_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.project.spec import Spec


class NoProjectError(UsageError):
    """There is no project at or above a folder."""

    code = "no-project"


@dataclass(frozen=True, slots=True)
class OpenProject:
    """A project as it lies on the disk.

    Attributes:
        root: Its folder, absolute.
        spec: What funcyard.yaml says, completed.
    """

    root: Path
    spec: Spec


def find_root(directory: Path) -> Path:
    """Return the nearest folder, from this one upward, that holds a funcyard.yaml.

    Raises:
        NoProjectError: There is none.
    """
    start = directory.absolute()
    for folder in (start, *start.parents):
        if (folder / SPEC_FILE).is_file():
            return folder
    raise NoProjectError(
        f"there is no {SPEC_FILE} in {directory} or above it",
        hint="funcyard new makes a project",
    )


def open_project(directory: Path) -> OpenProject:
    """Find and read a project.

    Raises:
        NoProjectError: There is none.
        SpecError: Its spec has faults.
    """
    root = find_root(directory)
    today = datetime.now(UTC).date()
    return OpenProject(root, read_spec(root / SPEC_FILE, root=root, today=today).spec)
