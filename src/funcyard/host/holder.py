"""Who runs a project: a lock held by one ``up``, beside a record of the children it started.

The lock is the kernel's and ends with its holder, however that ended. The record outlives a killed
holder, so that the next ``up`` ends the children that it left.

The holder is spoken to at a Unix socket in a private folder, which lives as long as the hold: the
next holder removes what a killed one left.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.host.children import STORAGE_GRACE_SECONDS, Children

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

_FOLDER_PREFIX = "funcyard-"


class HeldError(UserError):
    """Another ``up`` runs this project."""

    code = "already-running"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a project: its process and where it is spoken to."""

    pid: int
    control: str


class ProjectLock:
    """The lock of one project.

    Args:
        state: Folder of the host's state; made where it is missing.
    """

    def __init__(self, state: Path) -> None:
        self._path = state / "up.lock"
        self._file: IO[str] | None = None
        self._folder: Path | None = None
        self._children = Children(state / "children.json")

    def acquire(self) -> Path:
        """Take the lock, write who holds it and return the path of its control socket.

        The socket's folder is fresh, of mode 0700, and short on purpose: a Unix socket's path may
        have 107 bytes at most.

        Raises:
            HeldError: It is held; the message says by whom.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            holder = self.holder()
            who = f"process {holder.pid}" if holder else "another process"
            raise HeldError(
                f"this project is already up: {who} holds it",
                hint="funcyard down ends it, funcyard logs shows what it does",
            ) from None
        file.seek(0)
        _remove_left_folder(file.read())
        self._folder = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX))
        control = self._folder / "control"
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "control": str(control)}))
        file.flush()
        self._file = file
        return control

    def holder(self) -> Holder | None:
        """Return who holds the lock, None when nobody does."""
        try:
            with self._path.open("r+", encoding="utf-8") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return _holder(file.read())
        except (OSError, ValueError, KeyError):
            return None
        return None

    def release(self) -> None:
        """Give the lock up, ending a child that is still there; one that stays, stays recorded."""
        if self._file is not None:
            self._children.end()
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._file.close()
            self._file = self._folder = None

    def started(self, pid: int) -> None:
        """Record a child."""
        self._children.started(pid)

    def storage_started(self, pid: int) -> None:
        """Record the storage emulator, which has long to write what it holds when it ends."""
        self._children.started(pid, grace=STORAGE_GRACE_SECONDS)

    def ended(self, pid: int) -> None:
        """Forget a child that ended."""
        self._children.ended(pid)

    def end_orphans(self, say: Callable[[str], object]) -> list[int]:
        """End what an earlier holder left behind and return the process ids.

        Call it while holding the lock.

        Args:
            say: Told, from this thread, that storage takes longer to end or had to be killed.
        """
        return self._children.end_orphans(say)


def _holder(record: str) -> Holder:
    document = json.loads(record)
    return Holder(int(document["pid"]), str(document["control"]))


def _remove_left_folder(record: str) -> None:
    """Remove the socket's folder of a holder that was killed; only one that was made here."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        folder = Path(_holder(record).control).parent
        if folder.name.startswith(_FOLDER_PREFIX) and folder.parent == Path(tempfile.gettempdir()):
            shutil.rmtree(folder, ignore_errors=True)
