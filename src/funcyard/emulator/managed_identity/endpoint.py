"""The identity endpoint of an app: tokens of the identities that it has.

An app is told an address and a header that nobody else knows. The header names its identities under
a signature, so it needs no place to be kept, and counts as long as the location's key.
https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Final

from funcyard.emulator.http import Answer
from funcyard.emulator.identity.issuer import LIFETIME_SECONDS
from funcyard.emulator.managed_identity.models import identities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.http import Request

PATH: Final = "/msi/token"
_VERSIONS: Final = ("2019-08-01", "2017-09-01")
_CHOSEN: Final = ("client_id", "principal_id", "object_id", "mi_res_id")


def header(key: bytes, assigned: Sequence[str]) -> str:
    """Return the header of an app that has these identities, given by their ids.

    Args:
        key: Of the location.
        assigned: The first is meant where a request names none.
    """
    named = json.dumps([one.lower() for one in assigned]).encode()
    signed = hmac.new(key, b"identity " + named, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(signed + named).decode()


def answer(core: Core, request: Request) -> Answer:
    """Return a token of an identity, or why there is none."""
    if request.method != "GET":
        return _refused(405, "MethodNotAllowed", "Only GET is supported.")
    if request.query.get("api-version") not in _VERSIONS:
        return _refused(400, "UnsupportedApiVersion", f"Supported: {', '.join(_VERSIONS)}.")
    assigned = _assigned(core.store.key, request.headers.get("x-identity-header", ""))
    if assigned is None:
        return _refused(401, "Unauthorized", "The header X-IDENTITY-HEADER is not this app's.")
    resource = request.query.get("resource")
    if not resource:
        return _refused(400, "BadRequest", "The parameter 'resource' is missing.")
    found = _chosen(request, [one for one in identities(core) if one.key in assigned], assigned)
    if found is None:
        return _refused(400, "BadRequest", "No User Assigned or Delegated Managed Identity found.")
    client, subject = found.properties["clientId"], found.properties["principalId"]
    token = core.issuer.identity_token(resource, client, subject)
    expires = int(core.clock.time()) + LIFETIME_SECONDS
    return Answer(
        200,
        {
            "access_token": token,
            "client_id": client,
            "expires_on": str(expires),
            "not_before": str(expires - LIFETIME_SECONDS),
            "resource": resource,
            "token_type": "Bearer",
        },
    )


def _assigned(key: bytes, given: str) -> list[str] | None:
    try:
        raw = base64.urlsafe_b64decode(given)
    except (binascii.Error, ValueError):
        return None
    size = hashlib.sha256().digest_size
    signed = hmac.new(key, b"identity " + raw[size:], hashlib.sha256).digest()
    if not hmac.compare_digest(signed, raw[:size]):
        return None
    found: list[str] = json.loads(raw[size:])
    return found


def _chosen(request: Request, there: list[Kept], assigned: list[str]) -> Kept | None:
    wanted = {name: request.query[name].lower() for name in _CHOSEN if request.query.get(name)}
    if not wanted:
        return next((one for one in there if one.key == assigned[0]), None)
    for one in there:
        own = {
            "client_id": one.properties["clientId"],
            "principal_id": one.properties["principalId"],
            "object_id": one.properties["principalId"],
            "mi_res_id": one.key,
        }
        if all(own[name] == value for name, value in wanted.items()):
            return one
    return None


def _refused(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"statusCode": status, "error": code, "message": message})
