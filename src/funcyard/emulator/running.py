"""What runs in a location of the local Azure, and how other processes find and end it.

What runs is written to ``serving.json``; that it runs is known by the lock that it holds, so a file
left by a process that was killed misleads nobody.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from typing import IO, TYPE_CHECKING, Any, Final

from funcyard.atomic import write_atomically
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_STEP_SECONDS: Final = 0.05


class NotServingError(UserError):
    """No such service runs in a location."""

    code = "not-serving"


def hold(folder: Path) -> IO[str] | None:
    """Hold a folder until the file that is returned is closed; None where another process does.

    Raises:
        OSError: The folder cannot be written to.
    """
    file = (folder / "lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def is_held(folder: Path) -> bool:
    """Whether a process holds a folder."""
    try:
        file = hold(folder)
    except OSError:
        return False
    if file is None:
        return True
    file.close()
    return False


def announce(folder: Path, values: Mapping[str, object]) -> None:
    """Write down what runs, readable by its owner alone."""
    write_atomically(folder / "serving.json", json.dumps(values), mode=0o600)


def withdraw(folder: Path) -> None:
    """Say that it runs no more."""
    (folder / "serving.json").unlink(missing_ok=True)


def announced(folder: Path) -> dict[str, Any] | None:
    """Return what was written down of a service that runs; None where none does."""
    try:
        values = json.loads((folder / "serving.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return values if isinstance(values, dict) and is_held(folder) else None


def end(
    folder: Path, pid: int, *, timeout: float, clock: Callable[[], float] = time.monotonic
) -> None:
    """Ask a service to end, and wait until it has.

    Raises:
        NotServingError: It did not end in time.
    """
    os.kill(pid, signal.SIGTERM)
    deadline = clock() + timeout
    while is_held(folder):
        if clock() > deadline:
            raise NotServingError(f"process {pid} has not ended")
        time.sleep(_STEP_SECONDS)
