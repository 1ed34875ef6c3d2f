"""How far a fetch has come, out of what Git writes while it works."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE: Final = re.compile(rb"(Receiving objects|Resolving deltas): +\d+% \((\d+)/(\d+)\)")
_LONGEST_LINE: Final = 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of a fetch.

    Attributes:
        phase: ``receiving`` or ``resolving``.
        done: Objects so far.
        total: Objects in all.
    """

    phase: str
    done: int
    total: int


class ProgressReader:
    """Takes Git's standard error in pieces and reports each step in it."""

    def __init__(self, report: Callable[[Progress], None]) -> None:
        self._report = report
        self._rest = b""

    def __call__(self, piece: bytes) -> None:
        """Take the next piece, which may end within a line."""
        *lines, rest = re.split(rb"[\r\n]", self._rest + piece)
        self._rest = rest[-_LONGEST_LINE:]
        for line in lines:
            if found := _LINE.match(line):
                phase = "receiving" if found[1].startswith(b"Receiving") else "resolving"
                self._report(Progress(phase, int(found[2]), int(found[3])))
