"""A record of the processes that somebody started, which outlives whoever started them.

So the next to start finds what a killed one left behind, and ends it. A child is known by its
process id *and* its start time, since ids are used again.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import psutil

from funcyard.atomic import write_atomically
from funcyard.sessions import left_in_session

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_GRACE_SECONDS = 3.0
_CLOCK_SLACK = 0.05


class Children:
    """The processes of one who started them, alone with the record: whoever uses it holds a lock.

    Args:
        record: The file.
    """

    def __init__(self, record: Path) -> None:
        self._record = record
        self._known: dict[int, float] = {}

    def started(self, pid: int) -> None:
        """Record a child."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._known[pid] = psutil.Process(pid).create_time()
            self._write()

    def ended(self, pid: int) -> None:
        """Forget a child that ended."""
        if self._known.pop(pid, None) is not None:
            self._write()

    def end(self) -> None:
        """End the children that are still there; one that stays, stays recorded."""
        if all(not process.is_running() for process in _end(self._known)):
            self._record.unlink(missing_ok=True)

    def end_orphans(self) -> list[int]:
        """End what somebody before left behind and return the process ids."""
        try:
            recorded = json.loads(self._record.read_text(encoding="utf-8"))
            children = {int(pid): float(born) for pid, born in recorded.items()}
        except (OSError, ValueError, AttributeError):
            return []
        return [process.pid for process in _end(children)]

    def _write(self) -> None:
        write_atomically(self._record, json.dumps(self._known))


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
