"""A record of the processes that somebody started, which outlives whoever started them.

So the next to start finds what a killed one left behind, and ends it. A child is known by its
process id *and* its start time, since ids are used again. With it stands how long it may take to
end: a storage emulator writes what it holds when it is told to, and is killed only after that.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psutil

from funcyard.atomic import write_atomically
from funcyard.sessions import left_in_session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Say = Callable[[str], object]

STORAGE_GRACE_SECONDS: Final = 30.0
"""How long a storage emulator may take to write what it holds; then it is killed."""

_GRACE_SECONDS: Final = 3.0
_CLOCK_SLACK: Final = 0.05


@dataclass(frozen=True, slots=True)
class _Child:
    """When a child was born, and how long it may take to end, in seconds."""

    born: float
    grace: float


class Children:
    """The processes of one who started them, alone with the record: whoever uses it holds a lock.

    Args:
        record: The file.
    """

    def __init__(self, record: Path) -> None:
        self._record = record
        self._known: dict[int, _Child] = {}

    def started(self, pid: int, *, grace: float = _GRACE_SECONDS) -> None:
        """Record a child, and how many seconds it has to end before it is killed."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._known[pid] = _Child(psutil.Process(pid).create_time(), grace)
            self._write()

    def ended(self, pid: int) -> None:
        """Forget a child that ended."""
        if self._known.pop(pid, None) is not None:
            self._write()

    def end(self) -> None:
        """End the children that are still there; one that stays, stays recorded."""
        if all(not process.is_running() for process in _end(self._known, _nobody)):
            self._record.unlink(missing_ok=True)

    def end_orphans(self, say: Say) -> list[int]:
        """End what somebody before left behind and return the process ids.

        Args:
            say: Told, from this thread, that storage takes longer to end or had to be killed.
        """
        try:
            recorded = json.loads(self._record.read_text(encoding="utf-8"))
            children = {int(pid): _child(told) for pid, told in recorded.items()}
        except (OSError, ValueError, AttributeError, TypeError, KeyError):
            return []
        return [process.pid for process in _end(children, say)]

    def _write(self) -> None:
        known = {pid: [child.born, child.grace] for pid, child in self._known.items()}
        write_atomically(self._record, json.dumps(known))


def _child(told: object) -> _Child:
    if isinstance(told, list):
        born, grace = told
        return _Child(float(born), float(grace))
    return _Child(float(str(told)), _GRACE_SECONDS)  # as an earlier release wrote it


def _end(children: Mapping[int, _Child], say: Say) -> list[psutil.Process]:
    """End those processes, their descendants and their sessions; return all that were there."""
    found: dict[psutil.Process, float] = {}
    for pid, child in children.items():
        for process in _of(pid, child.born):
            found[process] = max(child.grace, found.get(process, 0.0))
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, alive = psutil.wait_procs(found, timeout=_GRACE_SECONDS)
    patient = [process for process in alive if found[process] > _GRACE_SECONDS]
    _kill([process for process in alive if process not in patient])
    if patient:
        say("waiting for the storage of a killed run to write what it holds")
        longest = max(found[process] for process in patient) - _GRACE_SECONDS
        _, stuck = psutil.wait_procs(patient, timeout=longest)
        if stuck:
            _kill(stuck)
            ids = ", ".join(str(process.pid) for process in stuck)
            say(f"killed storage that did not end ({ids}): what it had not written is lost")
    return list(found)


def _of(pid: int, born: float) -> list[psutil.Process]:
    """Return a child with its descendants, or what is left in its session."""
    found = left_in_session(pid)
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if abs(process.create_time() - born) < _CLOCK_SLACK:
            found += [*process.children(recursive=True), process]
    return found


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=_GRACE_SECONDS)


def _nobody(message: str) -> None:
    """Tell nobody."""
    del message
