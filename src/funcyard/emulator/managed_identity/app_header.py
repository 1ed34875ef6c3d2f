"""What an app is told so that it gets tokens: an address, and a header that nobody else knows.

The header names the app's identities under a signature, so it needs no place to be kept. It counts
as long as the location's key, and where it says whose it is, as long as that has those identities.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

PATH: Final = "/msi/token"
"""Where an app asks for tokens."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a header says.

    Attributes:
        assigned: Ids of the identities.
        holder: Id of the resource that has them; nothing where they are whoever's knows the header.
    """

    assigned: list[str]
    holder: str


def header(key: bytes, assigned: Sequence[str], holder: str = "") -> str:
    """Return the header of an app that has these identities, given by their ids.

    Args:
        key: Of the location.
        assigned: The first is meant where a request names none.
        holder: Id of the resource that has to have them whenever it is used, if any.
    """
    told = Told([one.lower() for one in assigned], holder.lower())
    named = json.dumps(asdict(told)).encode()
    return base64.urlsafe_b64encode(_signed(key, named) + named).decode()


def told_by(key: bytes, given: str) -> Told | None:
    """Return what a header says; None where it is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(given)
    except (binascii.Error, ValueError):
        return None
    size = hashlib.sha256().digest_size
    if not hmac.compare_digest(_signed(key, raw[size:]), raw[:size]):
        return None
    return Told(**json.loads(raw[size:]))


def _signed(key: bytes, named: bytes) -> bytes:
    return hmac.new(key, b"identity " + named, hashlib.sha256).digest()
