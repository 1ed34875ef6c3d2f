"""Working on a project: found from any folder in it, held, and settled first.

Whatever a killed command left is completed or thrown away before anything else is read, so every
command sees a project in one state. Commands that only read take the lock only where something is
to be settled.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from funcyard.project.account_key import generate_key
from funcyard.project.catalog import blueprint
from funcyard.project.journal import Recovery, pending, recover
from funcyard.project.lock import locked
from funcyard.project.opening import NoProjectError, find_root
from funcyard.project.renderer import Inputs, render

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.spec import Spec


def find(directory: Path) -> Path:
    """Return the root of the project in or above ``directory``, also of one that is half made.

    Raises:
        NoProjectError: There is none.
    """
    try:
        return find_root(directory)
    except NoProjectError:
        start = directory.absolute()
        for folder in (start, *start.parents):
            if pending(folder):
                return folder
        raise


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


def generate(spec: Spec, *, now: datetime, key: str | None = None) -> tuple[GeneratedFile, ...]:
    """Return every file of the project that ``spec`` describes.

    Args:
        spec: Complete, as ``reading`` returns it.
        now: The time to write into files that say when they were made.
        key: Account key for ``.env.local``; a new one unless given. It is written only where that
            file does not exist.

    Raises:
        UnknownBlueprintError: The spec's blueprint is not in this Funcyard.
    """
    base = blueprint(spec.blueprint) if spec.blueprint else None
    return render(spec, Inputs(key or generate_key(), now, base))
