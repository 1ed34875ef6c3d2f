"""Times as they are written everywhere: UTC, with milliseconds, so that texts order as times do."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from .errors import ContractError

WRITTEN = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")


def write_time(moment: datetime) -> str:
    """Return a moment as ``2026-11-21T23:05:00.000Z``; what is less than a millisecond is cut."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds').removesuffix('+00:00')}Z"


def read_time(text: str) -> datetime:
    """Return the moment that a text of ISO 8601 with a zone means.

    Raises:
        ContractError: It means none, or says no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ContractError("time has no zone: end it with Z")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        if isinstance(fault, ContractError):
            raise
        raise ContractError("time is not ISO 8601, such as 2026-11-21T23:05:00.000Z") from fault
