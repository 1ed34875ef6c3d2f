"""One command at a time in a project: an advisory lock that the system drops with its holder.

``.funcyard/lock`` holds the number of the process that has it, for the message that the next
command shows. The file stays; only the lock on it matters.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.project.tree import OWN_FOLDER, CannotWriteError, locate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_FILE = f"{OWN_FOLDER}/lock"
PATIENCE = 10.0
"""Seconds that a command waits for another one to finish."""

_PAUSE = 0.05
_TRIES = 100


class CannotCreateError(CannotWriteError):
    """No folder can be made in that place, whoever asks: in ``/proc``, for example."""

    code = "cannot-create"
    exit_code = 2


class ProjectBusyError(UserError):
    """Another command is changing the project."""

    code = "project-busy"


@contextlib.contextmanager
def locked(root: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the project in ``root``, creating ``root`` and ``.funcyard`` where they are missing.

    Raises:
        ProjectBusyError: Another process held it for ``patience`` seconds.
        CannotWriteError: The folder cannot be created or written to.
        CannotCreateError: No folder can ever be made there.
        PathBlockedError: ``.funcyard`` or the lock is a symbolic link or of the wrong kind.
    """
    deadline = time.monotonic() + patience
    while True:
        handle = _open(root)
        try:
            _wait(handle, deadline)
            current = _same(handle, root)
        except BaseException:
            os.close(handle)
            raise
        if current:
            break
        os.close(handle)
    try:
        with contextlib.suppress(OSError):  # a full disk: the lock holds without the number
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(handle)


def _open(root: Path) -> int:
    for _ in range(_TRIES):
        path = locate(root, LOCK_FILE)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, flags, 0o644)
        except FileNotFoundError:
            continue  # the folder went away in between: the command that made it gave up
        except OSError as fault:
            raise CannotWriteError(f"{root} cannot be written to: {fault.strerror}") from fault
    raise CannotCreateError(
        f"{root} cannot be created",
        hint="the file system takes no folders there: name another place",
    )


def _wait(handle: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(handle, 20, 0).decode(errors="replace").strip()
                by = f" (process {holder})" if holder.isdigit() else ""
                raise ProjectBusyError(
                    f"another funcyard command is changing this project{by}",
                    hint="try again when it is done",
                ) from None
            time.sleep(_PAUSE)
        else:
            return


def _same(handle: int, root: Path) -> bool:
    """Tell whether the locked file is still the one at its path: its maker may have given up."""
    try:
        return os.path.samestat(os.fstat(handle), (root / LOCK_FILE).lstat())
    except FileNotFoundError:
        return False
