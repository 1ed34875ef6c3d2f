"""Values of queries, and how they are compared.

A value is text, a number, a truth, a moment (a datetime), a span (a timedelta), or null.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

Value = str | float | bool | datetime | timedelta | None

_SPAN: Final = re.compile(r"(\d+(?:\.\d+)?)(d|h|ms|m|s)")
_UNITS: Final = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds", "ms": "milliseconds"}
_FRACTION: Final = re.compile(r"(\.\d{1,6})\d*")


def span(text: str) -> timedelta | None:
    """Return a span as it is written (``10m``); None for other words."""
    found = _SPAN.fullmatch(text)
    return None if found is None else timedelta(**{_UNITS[found[2]]: float(found[1])})


def moment(text: str) -> datetime | None:
    """Return a moment as it is written, in UTC; None for other words."""
    try:
        found = datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip()))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def order(left: Value, right: Value) -> int | None:
    """Return how two values stand, below or above 0; None where they are not to be compared."""
    if isinstance(left, bool) or isinstance(right, bool):
        return None if type(left) is not type(right) else int(bool(left)) - int(bool(right))
    for kind in (str, datetime, timedelta):
        if isinstance(left, kind) and isinstance(right, kind):
            return (left > right) - (left < right)  # type: ignore[operator]  # both of one kind
    if isinstance(left, int | float) and isinstance(right, int | float):
        return (left > right) - (left < right)
    return None


def shown(value: Value) -> object:
    """Return a value as answers hold it."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%f}0Z"
    if isinstance(value, timedelta):
        return str(value)
    return value
