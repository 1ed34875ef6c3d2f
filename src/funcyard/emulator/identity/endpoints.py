"""What the sign-in answers: its configuration, its keys, and tokens for the client credentials.

The addresses below ``/TENANT`` and the errors are those of Microsoft Entra ID.
https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from __future__ import annotations

import base64
import binascii
import hmac
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, unquote

from funcyard.emulator.http import Answer
from funcyard.emulator.identity.issuer import LIFETIME_SECONDS

if TYPE_CHECKING:
    from funcyard.emulator.http import Request
    from funcyard.emulator.identity.issuer import Issuer

_DEFAULT: Final = "/.default"
_CONFIGURATIONS: Final = (
    "v2.0/.well-known/openid-configuration",
    ".well-known/openid-configuration",
)
_KEYS: Final = "discovery/v2.0/keys"
_TOKEN: Final = "oauth2/v2.0/token"  # noqa: S105 - an address


class _Refusal(Exception):  # noqa: N818 - an answer, caught here
    def __init__(self, status: int, error: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.number = number


def answer(request: Request, issuer: Issuer) -> Answer | None:
    """Return the answer to a request for the tenant; None where it is for something else."""
    tenant, _, path = request.path.removeprefix("/").partition("/")
    if tenant != issuer.tenant.id:
        return None
    if path == _TOKEN:
        return _token(request, issuer) if request.method == "POST" else _wrong_method("POST")
    shown = {
        **dict.fromkeys(_CONFIGURATIONS, _configuration(issuer)),
        _KEYS: {"keys": [{**issuer.key.public_jwk(), "issuer": issuer.name}]},
    }
    if path not in shown:
        return Answer(404)
    return Answer(200, shown[path]) if request.method == "GET" else _wrong_method("GET")


def _wrong_method(allowed: str) -> Answer:
    return Answer(405, headers={"allow": allowed})


def _configuration(issuer: Issuer) -> dict[str, object]:
    return {
        "issuer": issuer.name,
        "token_endpoint": f"{issuer.authority}/{_TOKEN}",
        # msal reads it, though nobody signs in there
        "authorization_endpoint": f"{issuer.authority}/oauth2/v2.0/authorize",
        "jwks_uri": issuer.keys_url,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "response_types_supported": ["token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "grant_types_supported": ["client_credentials"],
    }


def _token(request: Request, issuer: Issuer) -> Answer:
    try:
        token = _granted(request, issuer)
    except _Refusal as refusal:
        return _refused(refusal)
    body = {
        "token_type": "Bearer",
        "expires_in": LIFETIME_SECONDS,
        "ext_expires_in": LIFETIME_SECONDS,
        "access_token": token,
    }
    return Answer(200, body, {"cache-control": "no-store", "pragma": "no-cache"})


def _granted(request: Request, issuer: Issuer) -> str:
    given = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    given |= _basic(request)
    for name in ("grant_type", "client_id", "client_secret", "scope"):
        if not given.get(name):
            missing = f"The request body must contain the following parameter: '{name}'."
            raise _Refusal(400, "invalid_request", 900144, missing)
    if given["grant_type"] != "client_credentials":
        unknown = f"The app requested an unsupported grant type '{given['grant_type']}'."
        raise _Refusal(400, "unsupported_grant_type", 70003, unknown)
    client = given["client_id"].lower()
    is_own = client == issuer.tenant.client_id
    if not is_own and (issuer.others is None or not issuer.others.knows(client)):
        absent = (
            f"Application with identifier '{given['client_id']}' was not found in the directory."
        )
        raise _Refusal(400, "unauthorized_client", 700016, absent)
    if not _proves(issuer, client, given["client_secret"]):
        raise _Refusal(401, "invalid_client", 7000215, "Invalid client secret provided.")
    audience, default, rest = given["scope"].partition(_DEFAULT)
    if not audience or not default or rest:
        invalid = f"The provided value for scope {given['scope']} is not valid. Client credential"
        raise _Refusal(
            400,
            "invalid_scope",
            1002012,
            f"{invalid} flows must have a scope value with /.default.",
        )
    if is_own or issuer.others is None:
        return issuer.application_token(audience)
    subject = issuer.others.principal_of(client)
    if subject is None:
        lacking = f"The client application {client} is missing service principal in the tenant."
        raise _Refusal(401, "invalid_client", 7000229, lacking)
    return issuer.service_principal_token(audience, client, subject)


def _proves(issuer: Issuer, client: str, secret: str) -> bool:
    if client != issuer.tenant.client_id:
        return issuer.others is not None and issuer.others.proves(client, secret)
    return hmac.compare_digest(secret.encode(), issuer.tenant.client_secret.encode())


def _basic(request: Request) -> dict[str, str]:
    """Return what the Authorization header says of the client (RFC 6749, 2.3.1)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return {}
    client, _, secret = decoded.partition(":")
    return {"client_id": unquote(client), "client_secret": unquote(secret)}


def _refused(refusal: _Refusal) -> Answer:
    time = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
    trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
    told = f"AADSTS{refusal.number}: {refusal} Trace ID: {trace} Correlation ID: {correlation}"
    body = {
        "error": refusal.error,
        "error_description": f"{told} Timestamp: {time}",
        "error_codes": [refusal.number],
        "timestamp": time,
        "trace_id": trace,
        "correlation_id": correlation,
    }
    return Answer(refusal.status, body, {"cache-control": "no-store", "pragma": "no-cache"})
