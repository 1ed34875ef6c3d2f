"""Whether and when a service wants to be asked again, as its answer says.

RFC 9110, section 10.2.3: ``Retry-After`` is seconds, or a date. What is shorter than a second goes
by headers of Azure's own, which its clients read, too.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUSY: Final = frozenset({408, 429})
_SERVER_ERROR: Final = 500
_NEVER: Final = frozenset({501, 505})
_MILLISECONDS: Final = ("retry-after-ms", "x-ms-retry-after-ms")


def will_pass(status: int) -> bool:
    """Whether a status is none that lasts: what was asked may be answered later."""
    if status in _NEVER:
        return False
    return status >= _SERVER_ERROR or status in _BUSY


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return after how many seconds to ask again; None where that is not said, or in no such way.

    A date is one of the clock by which the answer itself tells when it was given (``Date``): this
    machine's may be another.

    Args:
        headers: Of the answer, without regard to case.
        now: The time of day where the answer does not tell it; None for that of this machine.
    """
    for name in _MILLISECONDS:
        if (milliseconds := _number(headers.get(name))) is not None:
            return milliseconds / 1000
    text = headers.get("Retry-After")
    if (seconds := _number(text)) is not None:
        return seconds
    if (date := _date(text)) is None:
        return None
    given = _date(headers.get("Date")) or now or datetime.now(UTC)
    return max(0.0, (date - given).total_seconds())


def later(headers: Mapping[str, str]) -> str:
    """Say in words when to try again: where an answer names a time, then."""
    seconds = math.ceil(retry_after(headers) or 0)
    if not seconds:
        return "try again later"
    return f"try again in {seconds} second{'s' if seconds > 1 else ''}"


def _number(text: str | None) -> float | None:
    """Return what is a number, and none below zero; None for what is not."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None


def _date(text: str | None) -> datetime | None:
    """Return a date of HTTP; None for what is none."""
    try:
        date = parsedate_to_datetime(text or "")
    except (TypeError, ValueError, OverflowError):
        return None
    # One whose zone is that of no place, -0000, is told without any.
    return date if date.tzinfo else date.replace(tzinfo=UTC)
