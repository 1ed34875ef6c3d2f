"""A project held by one command, and settled first.

Whatever a killed command left is completed or thrown away before anything else is read, so every
command sees a project in one state. Commands that only read take the lock only where something is
to be settled.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from funcyard.project.journal import recover
from funcyard.project.lock import locked
from funcyard.project.root import pending

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.project.changes import Recovery


@contextlib.contextmanager
def held(root: Path) -> Iterator[Recovery | None]:
    """Hold the project, settled; gives what was done about a change left by a killed command.

    Raises:
        ProjectBusyError: Another command holds it.
        CannotWriteError: The folder cannot be written to, or the change not be completed.
        PathBlockedError: ``.funcyard`` is a symbolic link or no folder.
    """
    with locked(root):
        yield recover(root)


@contextlib.contextmanager
def viewed(root: Path) -> Iterator[Recovery | None]:
    """Look at the project, settled; holds it only where something had to be settled.

    Raises:
        As :func:`held`.
    """
    if pending(root):
        with held(root) as recovery:
            yield recovery
    else:
        yield None


def settle(root: Path) -> Recovery | None:
    """Complete or throw away what a killed command left in ``root``; None where it left nothing.

    Raises:
        As :func:`held`.
    """
    with viewed(root) as recovery:
        return recovery
