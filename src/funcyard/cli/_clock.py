"""The clock as commands read it: the machine's, or what SOURCE_DATE_EPOCH says.

https://reproducible-builds.org/specs/source-date-epoch/
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

from funcyard.errors import UsageError


class ClockError(UsageError):
    """SOURCE_DATE_EPOCH is not a moment."""

    code = "bad-clock"


def now() -> datetime:
    """Return the present moment in UTC, to the second.

    Raises:
        ClockError: SOURCE_DATE_EPOCH is set to something else than seconds since 1970.
    """
    stated = os.environ.get("SOURCE_DATE_EPOCH")
    if not stated:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(stated), UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise ClockError(
            f"SOURCE_DATE_EPOCH is {stated!r}: not seconds since 1970", hint="unset it"
        ) from fault


def today() -> date:
    """Return the present day in UTC, on which runtimes are judged.

    Raises:
        ClockError: As :func:`now`.
    """
    return now().date()
