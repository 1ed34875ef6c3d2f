"""Durations as .NET reads them: ``hh:mm:ss``, ``d.hh:mm:ss``, ``d:hh:mm:ss``, ``hh:mm:ss.fffffff``.

host.json and timer schedules use them. Where the first of three numbers is more than 23 they are
days, hours and minutes.
https://learn.microsoft.com/dotnet/api/system.timespan.parse
https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#timespan
"""

from __future__ import annotations

import re
from datetime import timedelta

_TIMESPAN = re.compile(
    r"(?:(?P<days>\d{1,8})(?:\.|:(?=\d+:\d+:)))?"
    r"(?P<hours>\d{1,8}):(?P<minutes>\d{1,2})(?::(?P<seconds>\d{1,2})(?:\.(?P<part>\d{1,7}))?)?"
)
_HOURS, _MINUTES = 24, 60
_LONGEST = 10_675_199
"""The days that a TimeSpan can hold."""


def parse_timespan(text: str) -> timedelta:
    """Return the duration that a TimeSpan names.

    Raises:
        ValueError: It is not a TimeSpan; the message says what is wrong.
    """
    match = _TIMESPAN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a duration of the form hh:mm:ss")
    days, hours, minutes, seconds = (
        int(match[name] or 0) for name in ("days", "hours", "minutes", "seconds")
    )
    if hours >= _HOURS and not match["days"] and match["seconds"] and not match["part"]:
        days, hours, minutes, seconds = hours, minutes, seconds, 0
    if hours >= _HOURS:
        raise ValueError(f"{text!r} has more than 23 hours: write days as d.hh:mm:ss")
    if minutes >= _MINUTES or seconds >= _MINUTES:
        raise ValueError(f"{text!r} has more than 59 minutes or seconds")
    if days > _LONGEST:
        raise ValueError(f"{text!r} has more than {_LONGEST} days")
    micros = int((match["part"] or "0").ljust(7, "0")) // 10
    return timedelta(days, seconds, micros, 0, minutes, hours)


def looks_like_timespan(text: str) -> bool:
    """Tell whether the text has the form of a TimeSpan, right or wrong."""
    return _TIMESPAN.fullmatch(text.strip()) is not None
