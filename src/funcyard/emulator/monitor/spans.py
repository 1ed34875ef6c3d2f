"""Of what time values are asked for, and by which intervals they are told.

Both are read as https://learn.microsoft.com/rest/api/monitor/metrics/list writes them. As recorded
answers have it, the minutes of a span are those from the one in which it begins until the one in
which it ends, that one left out, and of more than 31 days the last are told. Here the minute that
goes on is one of them, too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import unquote

from funcyard.emulator.durations import duration
from funcyard.emulator.monitor import errors
from funcyard.emulator.monitor.models import MINUTE

_MINUTES: Final = {
    "PT1M": 1,
    "PT5M": 5,
    "PT15M": 15,
    "PT30M": 30,
    "PT1H": 60,
    "PT6H": 360,
    "PT12H": 720,
    "P1D": 1440,
}
GRAINS: Final = tuple(_MINUTES)
FULL: Final = "FULL"
"""An interval as long as what is asked for."""

_LAST: Final = 3600.0
_MOST: Final = 31 * 86400.0
_AGES: Final = (0.0, datetime(9999, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Span:
    """A span of time, in seconds of the day's clock.

    Attributes:
        start: Its begin.
        end: Its end, which is not in it.
        stop: When the last of its minutes ends.
    """

    start: float
    end: float
    stop: float

    @property
    def first(self) -> float:
        """When the first of its minutes begins."""
        return _minute(self.start)

    @property
    def minutes(self) -> int:
        """How many minutes are told of it."""
        return round((self.stop - self.first) / MINUTE)

    @property
    def lasts(self) -> int:
        """How many minutes it lasts."""
        return math.ceil((self.end - self.start) / MINUTE)

    def __str__(self) -> str:
        return f"{written(self.start)}/{written(self.end)}"


@dataclass(frozen=True, slots=True)
class Grain:
    """An interval.

    Attributes:
        name: As it is asked for.
        seconds: Its length.
    """

    name: str
    seconds: float


def read_span(text: str, now: float) -> Span:
    """Return what ``timespan`` names: two times, or one and a duration; else the last hour.

    Args:
        text: As it came.
        now: The time of day, where a duration alone ends.

    Raises:
        MetricsError: It names none.
    """
    if not text:
        return _span(now - _LAST, now, now)
    first, mark, last = unquote(text).partition("/")  # the Azure CLI quotes it twice
    length = duration(first if not mark or first.startswith("P") else last)
    start: float | None
    end: float | None
    if not mark:
        start, end = (None, now) if length is None else (now - length, now)
    elif length is None:
        start, end = _time(first), _time(last)
    elif first.startswith("P"):
        end = _time(last)
        start = None if end is None else end - length
    else:
        start = _time(first)
        end = None if start is None else start + length
    if start is None or end is None or not _AGES[0] < start < end < _AGES[1]:
        raise errors.bad(f"The timespan '{text}' is none: STARTTIME/ENDTIME is expected.")
    return _span(max(start, end - _MOST), end, now)


def _span(start: float, end: float, now: float) -> Span:
    # Who asks until now names a moment that is over, or not yet here, by the time it is read.
    if now - MINUTE < end < _minute(now) + MINUTE:
        return Span(start, end, math.ceil(end / MINUTE) * MINUTE)
    return Span(start, end, _minute(max(end, start + MINUTE)))


def _minute(moment: float) -> float:
    """Return when the minute began that a moment is in."""
    return moment // MINUTE * MINUTE


def read_grain(text: str, span: Span, *, adjusts: bool) -> Grain:
    """Return the interval that ``interval`` names; else a minute.

    Args:
        text: As it came.
        span: Of what is asked for.
        adjusts: Whether the nearest one is taken where there is none such.

    Raises:
        MetricsError: There is none such.
    """
    if text.upper() == FULL:
        return Grain(FULL, span.minutes * MINUTE)
    wanted = duration(text.upper()) if text else MINUTE
    known = {minutes * MINUTE: name for name, minutes in _MINUTES.items()}
    if wanted is not None and adjusts:
        asked = wanted
        wanted = min(known, key=lambda one: abs(one - asked))
    if wanted is None or wanted not in known:
        raise errors.unknown_grain(text, (_net(one) for one in known))
    return Grain(known[wanted], wanted)


def _net(seconds: float) -> str:
    """Return an interval as .NET writes it."""
    days, rest = divmod(int(seconds), 86400)
    text = f"{rest // 3600:02}:{rest % 3600 // 60:02}:00"
    return f"{days}.{text}" if days else text


def written(moment: float) -> str:
    """Return a time as points tell it."""
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _time(text: str) -> float | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
