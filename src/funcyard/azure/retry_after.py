"""When a service wants to be asked again, as the headers of its answer say.

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

_MILLISECONDS: Final = ("retry-after-ms", "x-ms-retry-after-ms")


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return after how many seconds to ask again; None where that is not said, or in no such way.

    Args:
        headers: Of the answer, without regard to case.
        now: The time of day, from which a date counts; None for that of this machine.
    """
    for name in _MILLISECONDS:
        if (milliseconds := _number(headers.get(name))) is not None:
            return milliseconds / 1000
    text = headers.get("Retry-After")
    if text is None:
        return None
    if (seconds := _number(text)) is not None:
        return seconds
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if date.tzinfo is None:  # its zone is the one of no place, -0000
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - (now or datetime.now(UTC))).total_seconds())


def _number(text: str | None) -> float | None:
    """Return what is a number, and none below zero; None for what is not."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return max(0.0, number) if math.isfinite(number) else None
