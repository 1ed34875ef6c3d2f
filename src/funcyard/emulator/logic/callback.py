"""The address that starts a workflow: whoever knows it may call it, for it is signed.

https://learn.microsoft.com/azure/logic-apps/logic-apps-securing-a-logic-app#generate-shared-access-signatures-sas
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.records import Json

KEYS: Final = ("Primary", "Secondary")
_VERSION: Final = "2016-10-01"
_KEY_BYTES: Final = 32
_SIGNED: Final = ("sp", "sv", "se")


def new_key() -> str:
    """Return a new key that signs."""
    return base64.b64encode(os.urandom(_KEY_BYTES)).decode()


def callback(base: str, trigger: str, method: str, key: str, expires: str | None) -> Json:
    """Return the address that starts a workflow, as ``listCallbackUrl`` answers it.

    Args:
        base: The workflow's address.
        trigger: Name of its trigger.
        method: With which it is called.
        key: Signs it.
        expires: Until when it counts, as ISO 8601 has it; None for ever.
    """
    address = f"{base}/triggers/{quote(trigger, safe='')}/paths/invoke"
    queries = {"api-version": _VERSION, "sp": f"/triggers/{trigger}/run", "sv": "1.0"}
    if expires is not None:
        queries["se"] = expires
    queries["sig"] = _signature(key, base, queries)
    value = f"{address}?{urlencode(queries, quote_via=quote)}"
    return {"value": value, "method": method, "basePath": address, "queries": queries}


def may(
    base: str, trigger: str, keys: Mapping[str, str], query: Mapping[str, str], now: float
) -> bool:
    """Whether a request's address is signed by one of a workflow's keys, and still counts."""
    given = query.get("sig", "").encode()
    signatures = [_signature(keys[one], base, query).encode() for one in KEYS]
    # Both are compared, so that the time tells nothing.
    fits = [hmac.compare_digest(given, one) for one in signatures]
    if not any(fits) or query.get("sp") != f"/triggers/{trigger}/run":
        return False
    return "se" not in query or _moment(query["se"]) > now


def is_moment(text: object) -> bool:
    """Whether a value is a time with its zone."""
    try:
        return isinstance(text, str) and datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _signature(key: str, base: str, queries: Mapping[str, str]) -> str:
    workflow = base.rpartition("/")[2]
    signed = "\n".join((workflow, *(queries.get(name, "") for name in _SIGNED)))
    digest = hmac.digest(base64.b64decode(key), signed.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if is_moment(text) else 0.0
