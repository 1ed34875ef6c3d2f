"""How a process that loads an app ended before it was done: what for, in words.

The exit code tells a signal's number. Whether a kill was the system's, for lack of memory, Linux
counts: https://docs.kernel.org/filesystems/proc.html, ``oom_kill`` in ``/proc/vmstat``.
"""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

_COUNTS = Path("/proc/vmstat")
_COUNT = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_CRASHES = frozenset(
    {
        signal.SIGABRT,
        signal.SIGBUS,
        signal.SIGFPE,
        signal.SIGILL,
        signal.SIGSEGV,
        signal.SIGSYS,
        signal.SIGTRAP,
    }
)


class Kind(Enum):
    """By whose doing a process ended; the value is the class of the failure."""

    ENDED = "ProcessEnded"
    """By what the app's code does."""
    CRASHED = "ProcessCrashed"
    """By a fault in compiled code."""
    KILLED = "ProcessKilled"
    """From outside."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a process ended.

    Attributes:
        kind: By whose doing.
        words: What it did, to follow its name: ``crashed (SIGSEGV)``.
        hint: What to do where no code of an app ran yet.
    """

    kind: Kind
    words: str
    hint: str


CLOSED = Ending(Kind.ENDED, "closed the descriptor on which it reports", "name another Python")
"""It lives on and can say nothing any more."""


def ending_of(code: int, *, lacked_memory: bool) -> Ending:
    """Return how a process ended.

    Args:
        code: Its exit code, negative for a signal.
        lacked_memory: Whether the system killed processes for lack of memory while it ran.
    """
    if code >= 0:
        return Ending(Kind.ENDED, f"ended with exit code {code}", "Python 3.11 or newer is needed")
    name = _name(-code)
    if -code in _CRASHES:
        return Ending(Kind.CRASHED, f"crashed ({name})", "name another Python: this one is broken")
    if -code == signal.SIGINT:
        return Ending(Kind.ENDED, f"was interrupted ({name})", "try again")
    if -code != signal.SIGKILL:
        return Ending(Kind.KILLED, f"was ended from outside ({name})", "try again")
    cause = "for lack of memory" if lacked_memory else "by another process or for lack of memory"
    return Ending(Kind.KILLED, f"was killed {cause} ({name})", "free memory, and try again")


def killed_for_memory(counts: Path = _COUNTS) -> int:
    """Return how many processes this system killed for lack of memory; 0 where it does not tell."""
    try:
        found = _COUNT.search(counts.read_text(encoding="ascii", errors="replace"))
    except OSError:
        return 0
    return int(found[1]) if found else 0


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
