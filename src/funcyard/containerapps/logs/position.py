"""How far a stream was read, so that it can be opened again without a line missing or twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.containerapps.logs.line import Line


class Position:
    """How far one stream was read.

    A stream that is opened again begins with some of its last lines. Those that were read before
    are known by their time; of several at one time, by what they say and how often it was said.
    """

    def __init__(self) -> None:
        self._ticks = -1
        self._seen: dict[tuple[int, str, str], int] = {}
        self._again: dict[tuple[int, str, str], int] = {}

    def reopen(self) -> None:
        """Take note that the stream begins again with some of its last lines."""
        self._again = dict(self._seen)

    def is_new(self, line: Line) -> bool:
        """Whether a line was not read before; it counts as read from now on."""
        if not line.ticks:
            return True
        if line.ticks < self._ticks:
            return False
        if self._again.get(line.key, 0):
            self._again[line.key] -= 1
            return False
        if line.ticks > self._ticks:
            self._ticks = line.ticks
            self._seen.clear()
            self._again.clear()
        self._seen[line.key] = self._seen.get(line.key, 0) + 1
        return True
