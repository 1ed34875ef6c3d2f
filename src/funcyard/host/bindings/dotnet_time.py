"""Moments as .NET format strings write them, as far as binding expressions use them.

https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

_TOKEN = re.compile(r"'([^']*)'|\"([^\"]*)\"|\\(.)|(([dfFhHmMstyzK])\5*)|(.)", re.DOTALL)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NOON = 12

_FORMATS: dict[str, Callable[[datetime], str]] = {
    "yyyy": lambda t: f"{t.year:04}",
    "yy": lambda t: f"{t.year % 100:02}",
    "MMMM": lambda t: _MONTHS[t.month - 1],
    "MMM": lambda t: _MONTHS[t.month - 1][:3],
    "MM": lambda t: f"{t.month:02}",
    "M": lambda t: str(t.month),
    "dddd": lambda t: _DAYS[t.weekday()],
    "ddd": lambda t: _DAYS[t.weekday()][:3],
    "dd": lambda t: f"{t.day:02}",
    "d": lambda t: str(t.day),
    "HH": lambda t: f"{t.hour:02}",
    "H": lambda t: str(t.hour),
    "hh": lambda t: f"{t.hour % _NOON or _NOON:02}",
    "h": lambda t: str(t.hour % _NOON or _NOON),
    "mm": lambda t: f"{t.minute:02}",
    "m": lambda t: str(t.minute),
    "ss": lambda t: f"{t.second:02}",
    "s": lambda t: str(t.second),
    "tt": lambda t: "AM" if t.hour < _NOON else "PM",
    "t": lambda t: "A" if t.hour < _NOON else "P",
    "zzz": lambda _: "+00:00",
    "zz": lambda _: "+00",
    "z": lambda _: "+0",
    "K": lambda _: "Z",
}


def format_moment(moment: datetime, text: str) -> str:
    """Return a UTC moment in a .NET custom format.

    Raises:
        ValueError: The format has a part that is not known here.
    """

    def write(match: re.Match[str]) -> str:
        single, double, escaped, token, _, other = match.groups()
        if token is None:
            return next(part for part in (single, double, escaped, other) if part is not None)
        if token.strip("fF") == "":
            return f"{moment.microsecond:06}".ljust(len(token), "0")[: len(token)]
        if token not in _FORMATS:
            raise ValueError(f"the time format {text!r} has the unknown part {token!r}")
        return _FORMATS[token](moment)

    return _TOKEN.sub(write, text)
