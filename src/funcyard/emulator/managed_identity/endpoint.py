"""The identity endpoint of an app: tokens of the identities that it has.

https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.http import Answer
from funcyard.emulator.identity.issuer import LIFETIME_SECONDS
from funcyard.emulator.managed_identity.app_header import told_by
from funcyard.emulator.managed_identity.holders import by_key, held

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.http import Request
    from funcyard.emulator.managed_identity.app_header import Told
    from funcyard.emulator.managed_identity.holders import Identity

_VERSIONS: Final = ("2019-08-01", "2017-09-01")
_CHOSEN: Final = ("client_id", "principal_id", "object_id", "mi_res_id")


def answer(core: Core, request: Request) -> Answer:
    """Return a token of an identity, or why there is none."""
    if request.method != "GET":
        return _refused(405, "MethodNotAllowed", "Only GET is supported.")
    if request.query.get("api-version") not in _VERSIONS:
        return _refused(400, "UnsupportedApiVersion", f"Supported: {', '.join(_VERSIONS)}.")
    told = told_by(core.store.key, request.headers.get("x-identity-header", ""))
    if told is None:
        return _refused(401, "Unauthorized", "The header X-IDENTITY-HEADER is not this app's.")
    resource = request.query.get("resource")
    if not resource:
        return _refused(400, "BadRequest", "The parameter 'resource' is missing.")
    assigned = _still_assigned(core, told)
    there = (by_key(core, one) for one in assigned)
    found = _chosen(request, [one for one in there if one is not None], assigned)
    if found is None:
        return _refused(400, "BadRequest", "No User Assigned or Delegated Managed Identity found.")
    client = found.client
    token = core.issuer.identity_token(resource, client, found.principal)
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


def _still_assigned(core: Core, told: Told) -> list[str]:
    """Return the identities that a header names and that its holder has now."""
    if not told.holder:
        return told.assigned
    kept = core.store.find(told.holder)
    has = {one.key for one in held(core, kept)} if kept is not None else set()
    return [one for one in told.assigned if one in has]


def _chosen(request: Request, there: list[Identity], assigned: list[str]) -> Identity | None:
    wanted = {name: request.query[name].lower() for name in _CHOSEN if request.query.get(name)}
    if not wanted:
        return next((one for one in there if one.key == assigned[0]), None)
    for one in there:
        own = {
            "client_id": one.client,
            "principal_id": one.principal,
            "object_id": one.principal,
            "mi_res_id": one.key,
        }
        if all(own[name] == value for name, value in wanted.items()):
            return one
    return None


def _refused(status: int, code: str, message: str) -> Answer:
    return Answer(status, {"statusCode": status, "error": code, "message": message})
