"""Who runs a project: a lock held by one ``up``, and a record of the children it started.

The lock is the kernel's and ends with its holder, however that ended. The record outlives a killed
holder, so that the next ``up`` finds the children that it left and ends them; a child is known by
its process id *and* its start time, since ids are used again.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from funcyard.atomic import write_atomically
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import IO

_GRACE_SECONDS = 3.0
_CLOCK_SLACK = 0.05


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
        self._children: dict[int, float] = {}

    def acquire(self, control: str) -> None:
        """Take the lock and write who holds it.

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
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "control": control}))
        file.flush()
        self._file = file

    def holder(self) -> Holder | None:
        """Return who holds the lock, None when nobody does."""
        try:
            with self._path.open("r+", encoding="utf-8") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    document = json.loads(file.read())
                    return Holder(int(document["pid"]), str(document["control"]))
        except (OSError, ValueError, KeyError):
            return None
        return None

    def release(self) -> None:
        """Give the lock up, ending a child that is still there; one that stays, stays recorded."""
        if self._file is not None:
            if all(not process.is_running() for process in _end(self._children)):
                self._record.unlink(missing_ok=True)
            self._file.close()
            self._file = None

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


def _end(children: Mapping[int, float]) -> list[psutil.Process]:
    """End those processes and their descendants; return all that were there."""
    found: list[psutil.Process] = []
    for pid, born in children.items():
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
