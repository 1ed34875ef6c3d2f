"""The sign-in's answers, as a client of OAuth 2.0 sees them."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote, urlencode

import jwt
import pytest

from funcyard.emulator.http import Answer, Request
from funcyard.emulator.identity.endpoints import answer
from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.identity.signing import SigningKey
from funcyard.emulator.identity.tenant import Tenant

_TENANT = Tenant(
    "0d3f2f6c-7c1f-4d63-9b7f-6e1f0c9b3d11", "5a1f8a52-0c37-4a9e-8f7e-1f7d3c0a2b22", "a:b c"
)
_ISSUER = Issuer(_TENANT, SigningKey.made(), "https://localhost:1")
_GIVEN = {
    "grant_type": "client_credentials",
    "client_id": _TENANT.client_id,
    "client_secret": _TENANT.client_secret,
    "scope": "https://vault.azure.net/.default",
}


def _ask(method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
    body = urlencode(form or {}).encode()
    given = answer(Request(method, f"/{_TENANT.id}/{path}", {}, headers, body), _ISSUER)
    assert given is not None
    return given


def _token(form: dict[str, str], **headers: str) -> tuple[int, Any]:
    given = _ask("POST", "oauth2/v2.0/token", form, **headers)
    return given.status, given.body


def test_the_configuration_leads_to_keys_that_verify_a_token() -> None:
    configuration: Any = _ask("GET", "v2.0/.well-known/openid-configuration").body
    prefix = f"https://localhost:1/{_TENANT.id}/"
    keys: Any = _ask("GET", configuration["jwks_uri"].removeprefix(prefix)).body
    status, granted = _token(_GIVEN)

    assert status == 200
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 3600)
    token = granted["access_token"]
    found = jwt.PyJWKSet.from_dict(keys)[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token,
        found,
        algorithms=["RS256"],
        audience="https://vault.azure.net",
        issuer=configuration["issuer"],
    )
    assert (claims["tid"], claims["azp"], claims["idtyp"]) == (_TENANT.id, _TENANT.client_id, "app")


def test_a_client_may_prove_itself_in_the_header() -> None:
    pair = f"{quote(_TENANT.client_id)}:{quote(_TENANT.client_secret)}"
    header = f"Basic {base64.b64encode(pair.encode()).decode()}"
    form = {name: _GIVEN[name] for name in ("grant_type", "scope")}
    assert _token(form, authorization=header)[0] == 200


@pytest.mark.parametrize(
    ("change", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_id": "nobody"}, 400, "unauthorized_client", 700016),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"scope": "https://vault.azure.net"}, 400, "invalid_scope", 1002012),
        ({"scope": "/.default"}, 400, "invalid_scope", 1002012),
        ({"client_secret": ""}, 400, "invalid_request", 900144),
        ({"client_secret": "ünknown"}, 401, "invalid_client", 7000215),
    ],
)
def test_whoever_cannot_be_granted_a_token_is_told_why(
    change: dict[str, str], status: int, error: str, number: int
) -> None:
    found, body = _token({**_GIVEN, **change})
    assert (found, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert _TENANT.client_secret not in str(body)


def test_other_tenants_are_not_answered_for() -> None:
    assert answer(Request("GET", "/secrets/one", {}, {}), _ISSUER) is None
    assert _ask("GET", "oauth2/v2.0/token").status == 405
    assert _ask("POST", "discovery/v2.0/keys").status == 405
    assert _ask("GET", "elsewhere").status == 404
