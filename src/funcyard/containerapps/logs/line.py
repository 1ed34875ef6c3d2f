"""A line of a log, with when and where it was written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.documents import read_moment, text
from funcyard.containerapps.reading import read_event

if TYPE_CHECKING:
    from funcyard.containerapps.logs.sources import Source

PREAMBLE_LINES: Final = 2
"""With so many lines a stream begins on its own account."""

_PREAMBLE: Final = re.compile(
    r"Connecting to the (?:container '|events collector)"
    r"|Successfully [Cc]onnected to (?:container: '|events server)"
)
_FRACTION: Final = re.compile(r"\.(\d{1,9})")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICKS: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line.

    Attributes:
        source: What was read.
        time: When it was written; None where that is not told.
        ticks: The same in units of 100 ns since 1970, by which lines are told apart; 0 for None.
        text: What was written.
        revision: The revision that it is about.
        replica: The replica; empty where it is about none.
        reason: The platform's word for it; empty for what a container printed.
    """

    source: Source
    time: datetime | None
    ticks: int
    text: str
    revision: str = ""
    replica: str = ""
    reason: str = ""

    @property
    def key(self) -> tuple[int, str, str]:
        """By which it is told apart from other lines of its stream."""
        return self.ticks, self.reason, self.text


def is_preamble(written: str) -> bool:
    """Whether one of the first lines of a stream is what it says on its own account."""
    said, _ = _taken_apart(written)
    return bool(_PREAMBLE.match(said))


def read_line(written: str, source: Source) -> Line | None:
    """Return a line of a stream, None for one of the platform's that is about nothing."""
    if source.is_system:
        return _of_platform(written, source)
    said, stamp = _taken_apart(written)
    return Line(source, read_moment(stamp), _ticks(stamp), said, source.revision, source.replica)


def _of_platform(written: str, source: Source) -> Line | None:
    event = read_event(written)
    if event is None or not (event.revision or event.replica or event.app):
        return None
    ticks = _ticks(text(json.loads(written), "TimeStamp"))
    return Line(
        source,
        event.time,
        ticks,
        event.message,
        event.revision,
        event.replica,
        event.reason,
    )


def _taken_apart(written: str) -> tuple[str, str]:
    """Return what was printed, and when, of a line that is JSON; of others the line itself."""
    if written.startswith("{"):
        try:
            document = json.loads(written)
        except ValueError:
            document = None
        if isinstance(document, dict) and isinstance(document.get("TimeStamp"), str):
            said = text(document, "Log") or text(document, "Msg")
            return said.rstrip("\n"), text(document, "TimeStamp")
    return written, ""


def _ticks(stamp: str) -> int:
    moment = read_moment(stamp)
    if moment is None:
        return 0
    fraction = _FRACTION.search(stamp)
    digits = fraction[1][:7].ljust(7, "0") if fraction is not None else "0"
    seconds = int((moment.replace(microsecond=0) - _EPOCH).total_seconds())
    return seconds * _TICKS + int(digits)
