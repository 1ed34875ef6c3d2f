"""What an app is told so that it gets tokens: an address, and a header that nobody else knows.

The header names the app's identities under a signature, so it needs no place to be kept, and counts
as long as the location's key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

PATH: Final = "/msi/token"
"""Where an app asks for tokens."""


def header(key: bytes, assigned: Sequence[str]) -> str:
    """Return the header of an app that has these identities, given by their ids.

    Args:
        key: Of the location.
        assigned: The first is meant where a request names none.
    """
    named = json.dumps([one.lower() for one in assigned]).encode()
    return base64.urlsafe_b64encode(_signed(key, named) + named).decode()


def assigned_by(key: bytes, given: str) -> list[str] | None:
    """Return the ids of the identities that a header names; None where it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(given)
    except (binascii.Error, ValueError):
        return None
    size = hashlib.sha256().digest_size
    if not hmac.compare_digest(_signed(key, raw[size:]), raw[:size]):
        return None
    found: list[str] = json.loads(raw[size:])
    return found


def _signed(key: bytes, named: bytes) -> bytes:
    return hmac.new(key, b"identity " + named, hashlib.sha256).digest()
