"""Tokens for the streams of apps and environments: for one resource, for an hour.

The Resource Manager hands them out (``getAuthToken``) to who has a role for that, and whoever has
one may read. It is signed, so nothing is kept of it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.naming import region_shown
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

_SECONDS: Final = 3600
_SIGNATURE: Final = hashlib.sha256().digest_size


def issued(key: bytes, resource: str, until: float) -> str:
    """Return a token for a resource."""
    named = json.dumps([resource.lower(), until]).encode()
    return base64.urlsafe_b64encode(_signed(key, named) + named).decode()


def opens(key: bytes, token: str, resource: str, now: float) -> bool:
    """Tell whether a token opens a resource now."""
    try:
        raw = base64.urlsafe_b64decode(token)
    except (binascii.Error, ValueError):
        return False
    named = raw[_SIGNATURE:]
    if not hmac.compare_digest(_signed(key, named), raw[:_SIGNATURE]):
        return False
    meant, until = json.loads(named)
    return bool(meant == resource.lower() and now < until)


def answer(core: Core, kept: Kept, kind: str) -> Answer:
    """Answer with a token for a resource."""
    until = core.clock.time() + _SECONDS
    expires = f"{datetime.fromtimestamp(until, UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
    shown = core.show(kept)
    told = {
        "location": region_shown(kept.body["location"]),
        "properties": {"token": issued(core.store.key, kept.id, until), "expires": expires},
        "id": shown["id"],
        "name": shown["name"],
        "type": f"{kind}/accesstoken",
    }
    return Answer(200, told)


async def of_environment(call: Call, kept: Kept) -> Answer:
    """Answer ``getAuthToken`` of an environment."""
    return answer(call.core, kept, "Microsoft.App/environments")


async def of_app(call: Call, kept: Kept) -> Answer:
    """Answer ``getAuthToken`` of an app."""
    return answer(call.core, kept, "Microsoft.App/containerApps")


async def of_job(call: Call, kept: Kept) -> Answer:
    """Answer ``getAuthToken`` of a job."""
    return answer(call.core, kept, "Microsoft.App/jobs")


def _signed(key: bytes, named: bytes) -> bytes:
    return hmac.new(key, b"container apps " + named, hashlib.sha256).digest()
