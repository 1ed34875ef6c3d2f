"""The local Azure of a project: found where it runs, else started, as a process of its own.

Commands may use it at once. Each holds ``users`` with the others while it does, and who wants to
end it has to be the last; finding, starting and ending it is done in turns, by whoever holds
``turn``. Both are given up by the kernel for the dead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import click

from funcyard.emulator.core import finding
from funcyard.emulator.running import EndingError, NotEndedError, NotServingError
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCATION: Final = ".funcyard/azure"
"""Where the data of a project's local Azure are, relative to the project."""

_SCALE: Final = "100"
"""What takes Azure a minute takes less than a second."""
_STOP_SECONDS: Final = 30.0
_STARTED: Final = "started-by-deploy"
"""Says which process commands like these started, and behind it whether for a look only."""
_FOR_A_LOOK: Final = "for-a-look"
_HINT: Final = "hint: "
"""How a line begins in which a command says what mends its error."""
_LINES: Final = 20
"""So many lines of what a process said at its end are told."""
_USERS: Final = "users"
_TURN: Final = "turn"


class LocalAzureError(FuncyardError):
    """The local Azure did not start."""

    code = "local-azure"


@dataclass(frozen=True, slots=True)
class LocalAzure:
    """A local Azure that runs, and that nobody else's command ends while this one uses it.

    Attributes:
        location: Of its data.
        settings: What clients need.
        users: A descriptor of the file that all hold who use it.
    """

    location: Path
    settings: dict[str, str] = field(repr=False)
    users: int = field(repr=False)

    def leave(self, *, is_empty: bool) -> None:
        """Use it no more; the last one ends it where nothing needs it and a command started it.

        Args:
            is_empty: Nothing is deployed there: it is not needed. What was started for a look is
                not needed either.
        """
        with _turn(self.location):
            try:
                is_last = _is_last(self.users)
            finally:
                os.close(self.users)
            if is_last and (is_empty or _started(self.location)[1]):
                _end(self.location)


def local_azure(root: Path, *, for_a_look: bool = False) -> LocalAzure:
    """Return the local Azure of a project, which runs until whoever used it last has left it.

    Args:
        root: The project.
        for_a_look: Where it has to be started, it ends once nobody uses it any more.

    Raises:
        LocalAzureError: It does not start.
        NotEndedError: One that is ending does not end in time.
    """
    location = root / LOCATION
    try:
        _make(location)
        with _turn(location), contextlib.ExitStack() as undone:
            users = _users(location)
            undone.callback(os.close, users)
            fcntl.flock(users, fcntl.LOCK_SH)
            settings = _running(location, for_a_look=for_a_look)
            undone.pop_all()
            return LocalAzure(location, settings, users)
    except OSError as fault:
        raise LocalAzureError(
            f"the local Azure does not start: {location} cannot be written to: {fault.strerror}"
        ) from fault


def end_local_azure(root: Path) -> None:
    """End the local Azure of a project in which nothing is deployed, where a command started it.

    One that another command uses goes on, until that one leaves it.
    """
    location = root / LOCATION
    if not (location / _STARTED).is_file():
        return
    with _turn(location), contextlib.ExitStack() as left:
        users = _users(location)
        left.callback(os.close, users)
        if _is_last(users):
            _end(location)


def _running(location: Path, *, for_a_look: bool) -> dict[str, str]:
    """Return the settings of the one that runs; start it where none does, or once it has ended."""
    try:
        serving = finding.find(location)
    except NotServingError as fault:
        if isinstance(fault, EndingError):
            finding.wait_ended(location, fault, timeout=_STOP_SECONDS)
        _note(location, _start(location), for_a_look=for_a_look)
        return finding.settings(finding.find(location))
    if not for_a_look and _started(location) == (serving.pid, True):
        _note(location, serving.pid, for_a_look=False)
    return finding.settings(serving)


@contextlib.contextmanager
def _turn(location: Path) -> Iterator[None]:
    """Wait for one's turn to find, start or end it."""
    with (location / _TURN).open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _note(location: Path, pid: int, *, for_a_look: bool) -> None:
    words = [str(pid), *([_FOR_A_LOOK] if for_a_look else [])]
    (location / _STARTED).write_text(f"{' '.join(words)}\n", encoding="ascii")


def _started(location: Path) -> tuple[int | None, bool]:
    """Return which process commands like these started, and whether for a look only."""
    marker = location / _STARTED
    pid, _, why = (marker.read_text(encoding="ascii") if marker.is_file() else "").partition(" ")
    return (int(pid) if pid.strip().isdecimal() else None), why.strip() == _FOR_A_LOOK


def _users(location: Path) -> int:
    return os.open(location / _USERS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _end(location: Path) -> None:
    """End it where it is the process that a command started; tell where it does not end."""
    try:
        if _started(location)[0] == _pid(location):
            finding.stop(location, timeout=_STOP_SECONDS)
    except NotServingError:
        return  # somebody else ended it
    except NotEndedError as fault:
        click.echo(f"the local Azure: {fault.message}\n  hint: {fault.hint}", err=True)
        return
    (location / _STARTED).unlink(missing_ok=True)


def _pid(location: Path) -> int:
    """Return which process serves a location, or served it and is ending."""
    try:
        return finding.find(location).pid
    except EndingError as ending:
        return ending.pid


def _make(location: Path) -> None:
    location.mkdir(parents=True, exist_ok=True, mode=0o700)
    ignore = location / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="utf-8")


def _start(location: Path) -> int:
    """Start it and return its process."""
    log = location / "azure.log"
    command = [sys.executable, "-m", "funcyard", "emulator", "start", "azure", "--json"]
    with log.open("wb") as kept:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--port", "0", "--scale", _SCALE, "--location", str(location)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=kept,
            env=dict(os.environ),
            start_new_session=True,
        )
    assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
    with process.stdout:
        ready = process.stdout.readline()
    if not ready.startswith(b'{"event": "ready"'):
        process.wait()
        raise _not_started(log, location)
    process.returncode = 0  # it goes on when this process is gone, so nobody waits for it
    return process.pid


def _not_started(log: Path, location: Path) -> LocalAzureError:
    """Return what the process said before it ended, the hint that it gave as the hint."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    hints = [line.removeprefix(_HINT) for line in lines if line.startswith(_HINT)]
    said = [line for line in lines if line and not line.startswith(_HINT)] or ["it ended"]
    return LocalAzureError(
        "\n  ".join(("the local Azure does not start:", *said[-_LINES:]))
        if len(said) > 1
        else f"the local Azure does not start: {said[0]}",
        hint="; ".join(hints) or f"funcyard emulator start azure --location {location} says more",
    )
