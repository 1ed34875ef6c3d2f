"""Who runs a project: a lock held by one ``up``, and a record of the children it started.

The lock is the kernel's and ends with its holder, however that ended. The record outlives a killed
holder, so that the next ``up`` finds the children that it left and ends them; a child is known by
its process id *and* its start time, since ids are used again.

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

import psutil

from funcyard.atomic import write_atomically
from funcyard.errors import UserError
from funcyard.sessions import left_in_session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

_GRACE_SECONDS = 3.0
_CLOCK_SLACK = 0.05
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
        self._record = state / "children.json"
        self._file: IO[str] | None = None
        self._folder: Path | None = None
        self._children: dict[int, float] = {}

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
            if all(not process.is_running() for process in _end(self._children)):
                self._record.unlink(missing_ok=True)
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
            self._file.close()
            self._file = self._folder = None

    def started(self, pid: int) -> None:
        """Record a child."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._children[pid] = psutil.Process(pid).create_time()
            self._write()

    def ended(self, pid: int) -> None:
        """Forget a child that ended."""
        if self._children.pop(pid, None) is not None:
            self._write()

    def end_orphans(self) -> list[int]:
        """End what an earlier holder left behind and return the process ids.

        Call it while holding the lock.
        """
        try:
            recorded = json.loads(self._record.read_text(encoding="utf-8"))
            children = {int(pid): float(born) for pid, born in recorded.items()}
        except (OSError, ValueError, AttributeError):
            return []
        return [process.pid for process in _end(children)]

    def _write(self) -> None:
        write_atomically(self._record, json.dumps(self._children))


def _holder(record: str) -> Holder:
    document = json.loads(record)
    return Holder(int(document["pid"]), str(document["control"]))


def _remove_left_folder(record: str) -> None:
    """Remove the socket's folder of a holder that was killed; only one that was made here."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        folder = Path(_holder(record).control).parent
        if folder.name.startswith(_FOLDER_PREFIX) and folder.parent == Path(tempfile.gettempdir()):
            shutil.rmtree(folder, ignore_errors=True)


def _end(children: Mapping[int, float]) -> list[psutil.Process]:
    """End those processes, their descendants and their sessions; return all that were there."""
    found: list[psutil.Process] = []
    for pid, born in children.items():
        found += left_in_session(pid)
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if abs(process.create_time() - born) < _CLOCK_SLACK:
                found += [*process.children(recursive=True), process]
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=_GRACE_SECONDS)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=_GRACE_SECONDS)
    return found
