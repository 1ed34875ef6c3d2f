"""Ids that count time backwards: what storage sorts by them, rows and blobs, comes newest first.

An id is a UUID of version 8 (RFC 9562, section 5.8): 48 bits of milliseconds and 12 of their
fraction, both counted down, so that ids of one moment keep their order, too, and 62 bits of chance.
"""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MILLISECONDS: Final = (1 << 48) - 1
_REST: Final = (1 << 80) - 1


def new_id() -> str:
    """Return a new id."""
    nanoseconds = time.time_ns()
    backwards = _MOST_MILLISECONDS - nanoseconds // 1_000_000
    fraction = 0xFFF - nanoseconds % 1_000_000 * 0x1000 // 1_000_000
    low = uuid.uuid4().int & ((1 << 62) - 1)
    return str(uuid.UUID(int=backwards << 80 | 0x8 << 76 | fraction << 64 | 0b10 << 62 | low))


def last_since(moment: datetime) -> str:
    """Return what sorts after every id made at a moment or later, and before every older one.

    Args:
        moment: With its time zone; what counts is its millisecond.
    """
    backwards = _MOST_MILLISECONDS - (moment - _EPOCH) // timedelta(milliseconds=1)
    return str(uuid.UUID(int=backwards << 80 | _REST))
