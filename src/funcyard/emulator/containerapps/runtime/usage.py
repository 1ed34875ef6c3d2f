"""What a container uses of this machine: processor time and memory of all its processes.

They are those below its shim, to which whatever leaves its parent comes back; what has ended and
was waited for is in the times of whoever waited (proc_pid_stat(5)). Memory is what the limit is
held against.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from funcyard.emulator.containerapps.runtime.shim import children, share_of

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_OWN: Final = slice(11, 13)
"""Where, behind a process's name, its own time is: that in its code, that in the kernel."""

_WAITED: Final = slice(13, 15)
"""Where that of those is that it waited for."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a container uses.

    Attributes:
        container: Its id, another for every start.
        seconds: How long it has run.
        cpu: Seconds of processor time of all that it ran.
        memory: Bytes that it has in memory.
    """

    container: str
    seconds: float
    cpu: float
    memory: int


def usage_of(container: str, seconds: float, shim: int) -> Usage:
    """Return what a container uses; one that is gone uses nothing.

    Args:
        container: Its id.
        seconds: How long it has run.
        shim: The process above it.
    """
    below = children(shim)
    ticks = _ticks(shim, _WAITED) + sum(_ticks(pid, _OWN) + _ticks(pid, _WAITED) for pid in below)
    return Usage(container, seconds, ticks / _TICKS, share_of(below))


def _ticks(pid: int, which: slice) -> int:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return sum(int(one) for one in fields[which])
    return 0
