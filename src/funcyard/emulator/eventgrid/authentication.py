"""Who may publish to a topic: whoever has one of its keys, a signature by one, or a role there.

https://learn.microsoft.com/azure/event-grid/authenticate-with-access-keys-shared-access-signatures
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_plus, urlsplit

import jwt

from funcyard.emulator.core.access import caller_of
from funcyard.emulator.eventgrid import keys
from funcyard.emulator.eventgrid.refusals import RefusedError

if TYPE_CHECKING:
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.http import Request

_KEY: Final = "aeg-sas-key"
_TOKEN: Final = "aeg-sas-token"  # noqa: S105 - a header's name
_SCHEME: Final = "sharedaccesssignature "
_AUDIENCES: Final = ("https://eventgrid.azure.net", "https://eventgrid.azure.net/")
_SEND: Final = "Microsoft.EventGrid/events/send/action"
_FORMATS: Final = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%a, %d %b %Y %H:%M:%S %Z")
_FORMAT_TOLD: Final = "r=UrlEncodedResource&e=UrlEncodedUtcExpiration&s=UrlEncodedSignature"


def check(core: Core, kept: Kept, request: Request) -> None:
    """Refuse a request to publish that does not prove that it may.

    Raises:
        RefusedError: It does not.
    """
    headers = request.headers
    authorization = headers.get("authorization", "")
    key, token = headers.get(_KEY), headers.get(_TOKEN)
    if authorization.lower().startswith(_SCHEME):
        token = authorization[len(_SCHEME) :]
    if key is None and token is None:
        _check_bearer(core, kept, authorization)
        return
    if kept.properties["disableLocalAuth"]:
        raise _unauthorized("Access keys and SAS are disabled for this resource: disableLocalAuth.")
    if key is not None:
        _check_key(kept, key)
    else:
        _check_token(core, kept, request, str(token))


def _check_key(kept: Kept, given: str) -> None:
    found = [hmac.compare_digest(one.encode(), given.encode()) for one in keys.of(kept)]
    if not any(found):
        raise _unauthorized(
            f"The request authorization key is not authorized for {kept.name.upper()}."
        )


def _check_token(core: Core, kept: Kept, request: Request, token: str) -> None:
    """Hold a signature against the keys, the topic's address and the time."""
    signed, _, signature = token.partition("&s=")
    parts = dict(one.partition("=")[::2] for one in signed.split("&"))
    if set(parts) != {"r", "e"} or not signature:
        raise RefusedError(
            400, "BadRequest", f"Invalid key in aeg-sas-token. Valid format: {_FORMAT_TOLD}."
        )
    given = unquote_plus(signature.replace("+", "%2B")).encode()
    found = [hmac.compare_digest(_signature(one, signed), given) for one in keys.of(kept)]
    if not any(found):
        raise _unauthorized(f"The signature is by no key of {kept.name.upper()}.")
    expires = _moment(unquote_plus(parts["e"]))
    if expires is None:
        raise RefusedError(400, "BadRequest", "The expiration of the aeg-sas-token is no time.")
    if expires.timestamp() <= core.clock.time():
        raise _unauthorized("The aeg-sas-token has expired.")
    resource = urlsplit(unquote_plus(parts["r"]))
    is_ours = resource.netloc.lower() == request.host.lower()
    if not is_ours or not request.path.lower().startswith(resource.path.lower()):
        raise _unauthorized("The aeg-sas-token is for another resource.")


def _signature(key: str, signed: str) -> bytes:
    try:
        decoded = base64.b64decode(key)
    except binascii.Error:  # a key that was kept is none of ours
        return b""
    digest = hmac.new(decoded, signed.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest)


def _moment(text: str) -> datetime | None:
    """Return a time as SDKs write it: in ISO 8601, or as .NET does; without a zone it is UTC."""
    found: datetime | None = None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        for form in _FORMATS:
            try:
                found = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added below
            except ValueError:
                continue
            break
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _check_bearer(core: Core, kept: Kept, authorization: str) -> None:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthorized(
            "Request must contain one of the following authorization signature: aeg-sas-token,"
            " aeg-sas-key."
        )
    try:
        caller = caller_of(token.strip(), core, _AUDIENCES)
    except jwt.PyJWTError as fault:
        raise _unauthorized(f"The access token is invalid: {fault}.") from None
    if not core.allows_data(caller, _SEND, kept.id):
        raise RefusedError(
            403,
            "Forbidden",
            f"'{caller.id}' has no role to send events to {kept.id}.",
        )


def _unauthorized(message: str) -> RefusedError:
    return RefusedError(401, "Unauthorized", message)
