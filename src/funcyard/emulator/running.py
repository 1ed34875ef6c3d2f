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
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

from funcyard.atomic import write_atomically
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from funcyard.errors import FuncyardError

PRIVATE: Final = ".store"
"""The folder, in a location, of what is kept; no account of anything can be called that."""

_STEP_SECONDS: Final = 0.05
_ENDING: Final = "ending"
"""Says, in what is written down of a service, that it answers no more and ends."""
_Serving = TypeVar("_Serving")


class NotServingError(UserError):
    """No such service runs in a location."""

    code = "not-serving"


class EndingError(NotServingError):
    """What runs in a location answers no more and is ending.

    Attributes:
        pid: Its process.
    """

    def __init__(self, message: str, pid: int) -> None:
        super().__init__(message, hint="wait until it has ended")
        self.pid = pid


class NotEndedError(UserError):
    """A service was asked to end, and did not in time."""

    code = "not-ended"


def occupy(location: Path, error: type[FuncyardError]) -> IO[str]:
    """Hold a location, made where there is none, until the file that is returned is closed.

    Raises:
        FuncyardError: It cannot be used, or another process serves it; an ``error``.
    """
    private = location / PRIVATE
    try:
        private.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = hold(private)
        if lock is not None:
            withdraw(private)  # what one that was killed had announced is true no more
    except OSError as fault:
        raise error(f"{location}: cannot be used: {fault}") from fault
    if lock is None:
        raise error(
            f"{location}: another process serves this folder",
            hint="stop it, or choose another --location",
        )
    return lock


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


def announce_end(folder: Path, values: Mapping[str, object]) -> None:
    """Write down that what runs is ending, before it ceases to answer.

    Raises:
        OSError: The folder cannot be written to.
    """
    announce(folder, {**values, _ENDING: True})


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


def find(location: Path, kind: type[_Serving], what: str, command: str) -> _Serving:
    """Return what was written down of the service that runs in a location.

    Args:
        location: Where.
        kind: A data class of what such a service writes down.
        what: It is called.
        command: The word by which it is started.

    Raises:
        EndingError: One does, and is ending.
        NotServingError: None does.
    """
    values = announced(location / PRIVATE)
    if values is not None:
        if values.get(_ENDING) is True and isinstance(pid := values.get("pid"), int):
            raise EndingError(f"the {what} in {location} is ending", pid)
        told = {name: _frozen(value) for name, value in values.items()}
        with suppress(TypeError):  # another version's
            return kind(**told)
    raise NotServingError(
        f"no {what} runs in {location}",
        hint=f"funcyard emulator start {command} --location DIR",
    )


def end(
    folder: Path, pid: int, *, timeout: float, clock: Callable[[], float] = time.monotonic
) -> None:
    """Ask a service to end, and wait until it has.

    Raises:
        NotEndedError: It did not end in time.
    """
    with suppress(ProcessLookupError):  # it ended meanwhile
        os.kill(pid, signal.SIGTERM)
    wait_ended(folder, pid, timeout=timeout, clock=clock)


def wait_ended(
    folder: Path, pid: int, *, timeout: float, clock: Callable[[], float] = time.monotonic
) -> None:
    """Wait until a service that was asked to end has.

    Raises:
        NotEndedError: It did not end in time.
    """
    deadline = clock() + timeout
    while is_held(folder):
        if clock() > deadline:
            raise NotEndedError(
                f"process {pid} has not ended within {timeout:g} s",
                hint="it may end yet: funcyard emulator status SERVICE --location DIR tells",
            )
        time.sleep(_STEP_SECONDS)


def _frozen(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
