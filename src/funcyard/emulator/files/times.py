"""Times as the service counts and writes them: ticks of 100 ns since 1970, UTC.

``Last-Modified`` has whole seconds (RFC 1123); the times of a file as SMB knows them have seven
digits after the point; an ETag is a number of ticks since the year 1 in hexadecimal.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import formatdate, parsedate_to_datetime
from typing import Final

TICKS: Final = 10_000_000
"""In a second."""

_YEAR_1: Final = 62_135_596_800 * TICKS
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d))?(?:\.(\d{1,7}))?)?(Z|[+-]\d\d:?\d\d)?"
)


def now() -> int:
    """Return the time of day in ticks."""
    return time.time_ns() // 100


def of_ns(ns: int) -> int:
    """Return what the file system says, in ticks."""
    return ns // 100


def rfc1123(ticks: int) -> str:
    """Return the time as HTTP headers hold it."""
    return formatdate(ticks // TICKS, usegmt=True)


def iso(ticks: int) -> str:
    """Return the time with seven digits after the point, as SMB's times are written."""
    seconds, rest = divmod(ticks, TICKS)
    whole = _EPOCH + timedelta(seconds=seconds)
    return f"{whole.year:04}{whole:-%m-%dT%H:%M:%S}.{rest:07}Z"


def parse_iso(text: str) -> int | None:
    """Return the ticks of an ISO 8601 date or time, or None where it is none.

    A time without a zone is UTC, as Azure takes it; seconds may be missing.
    """
    found = _ISO.fullmatch(text.strip())
    if found is None:
        return None
    day, minute, second, fraction, zone = found.groups()
    try:
        whole = datetime.fromisoformat(
            f"{day}T{minute or '00:00'}:{second or '00'}{(zone or 'Z').replace('Z', '+00:00')}"
        )
    except ValueError:
        return None
    since = whole - _EPOCH
    return (since.days * 86400 + since.seconds) * TICKS + int((fraction or "").ljust(7, "0"))


def parse_http(text: str) -> int | None:
    """Return the ticks of an HTTP date, or None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * TICKS


def etag(ticks: int) -> str:
    """Return the ETag of that moment, in its quotes."""
    return f'"0x{ticks + _YEAR_1:X}"'
