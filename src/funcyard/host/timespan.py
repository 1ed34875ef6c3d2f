"""Durations as .NET writes them: ``hh:mm:ss``, ``d.hh:mm:ss``, ``hh:mm:ss.fffffff``.

host.json and timer schedules use them.
https://learn.microsoft.com/dotnet/standard/base-types/standard-timespan-format-strings
"""

from __future__ import annotations

import re
from datetime import timedelta

_TIMESPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?")
_HOURS, _MINUTES = 24, 60


def parse_timespan(text: str) -> timedelta:
    """Return the duration that a TimeSpan names.

    .NET reads ``24:00:00`` as 24 days; such text is refused here, since nobody means it.

    Raises:
        ValueError: It is not a TimeSpan; the message says what is wrong.
    """
    match = _TIMESPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration of the form hh:mm:ss")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[:4])
    if hours >= _HOURS:
        raise ValueError(f"{text!r} has more than 23 hours: write days as d.hh:mm:ss")
    if minutes >= _MINUTES or seconds >= _MINUTES:
        raise ValueError(f"{text!r} has more than 59 minutes or seconds")
    micros = int((match[5] or "0").ljust(7, "0")) // 10
    return timedelta(days, seconds, micros, 0, minutes, hours)


def looks_like_timespan(text: str) -> bool:
    """Tell whether the text has the form of a TimeSpan, right or wrong."""
    return _TIMESPAN.fullmatch(text.strip()) is not None
