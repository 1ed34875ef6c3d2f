"""What is said of a fault that no request has caused: of a full disk, that it is full."""

from __future__ import annotations

import errno
import sqlite3
from typing import Final

_FULL: Final = "The disk of the local Azure is full."
_ANY: Final = "An internal error occurred."


def said_of(fault: Exception) -> str:
    """Return what an answer says of a fault: what a person can mend, and nothing else of it."""
    full_disk = isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT)
    full_file = (
        isinstance(fault, sqlite3.Error)
        and getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    )
    return _FULL if full_disk or full_file else _ANY
