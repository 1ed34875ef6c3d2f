"""Who is answered, and what is answered to requests that no SDK sends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from tests import local_vault
from tests.local_vault import LocalVault

from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.identity.signing import SigningKey

_AUDIENCE = "https://vault.azure.net"


def _tokens(vault: LocalVault) -> dict[str, str]:
    issuer = vault.issuer
    good = issuer.application_token(_AUDIENCE)
    public = issuer.key.public_jwk()["n"]
    claims = jwt.decode(good, options={"verify_signature": False})
    return {
        "none at all": "",
        "no token": "abc",
        "another key": Issuer(issuer.tenant, SigningKey.made(), vault.url).application_token(
            _AUDIENCE
        ),
        "another service": issuer.application_token("https://management.azure.com"),
        "another issuer": Issuer(
            issuer.tenant, issuer.key, "https://localhost:1"
        ).application_token(_AUDIENCE),
        "expired": Issuer(
            issuer.tenant, issuer.key, vault.url, clock=lambda: 1_700_000_000
        ).application_token(_AUDIENCE),
        "not yet": issuer.key.sign({**claims, "nbf": claims["nbf"] + 600}),
        "unsigned": jwt.encode(claims, "", "none"),
        "signed with the public key": jwt.encode(claims, public, "HS256"),
        "cut": good[:-8],
    }


def test_only_a_token_of_the_sign_in_for_key_vault_opens_it(vault: LocalVault) -> None:
    path = "/secrets?api-version=7.4"
    for why, token in _tokens(vault).items():
        status, headers, body = vault.ask("GET", path, token=token)
        assert status == 401, why
        assert body["error"]["code"] == "Unauthorized"
        assert headers["www-authenticate"].endswith(f'resource="{_AUDIENCE}"'), why
    assert vault.ask("GET", path, token=vault.issuer.application_token(_AUDIENCE))[0] == 200
    assert vault.ask("GET", path, authorization="Basic abc")[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "/secrets/none", None, (404, "SecretNotFound")),
        ("DELETE", "/secrets/none", None, (404, "SecretNotFound")),
        ("GET", "/deletedsecrets/none", None, (404, "SecretNotFound")),
        ("POST", "/deletedsecrets/none/recover", None, (404, "SecretNotFound")),
        ("PATCH", "/secrets/none", {}, (404, "SecretNotFound")),
        ("GET", "/secrets/a_b", None, (400, "BadParameter")),
        ("GET", f"/secrets/{'a' * 128}", None, (400, "BadParameter")),
        ("GET", "/secrets/%2e%2e%2fx", None, (400, "BadParameter")),
        ("GET", "/secrets/one/not-a-version", None, (400, "BadParameter")),
        ("GET", "/keys", None, (400, "BadParameter")),
        ("POST", "/secrets/one", {}, (405, "MethodNotAllowed")),
        ("GET", "/secrets?maxresults=26", None, (400, "BadParameter")),
        ("GET", "/secrets?maxresults=0", None, (400, "BadParameter")),
        ("GET", "/secrets?maxresults=x", None, (400, "BadParameter")),
        ("GET", "/secrets?$skiptoken=%ff", None, (400, "BadParameter")),
        ("PUT", "/secrets/one", b"{", (400, "BadParameter")),
        ("PUT", "/secrets/one", [], (400, "BadParameter")),
        ("PUT", "/secrets/one", {}, (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": 1}, (400, "BadParameter")),
        ("PUT", "/secrets/one", b'{"value": "\\ud800"}', (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": "x", "attributes": []}, (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": "x", "attributes": {"exp": "x"}}, (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": "x", "attributes": {"nbf": -1}}, (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": "", "attributes": {"enabled": 1}}, (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": "x", "contentType": "x" * 256}, (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": "x", "tags": {"a": 1}}, (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": "x", "tags": {"a" * 513: "1"}}, (400, "BadParameter")),
        ("POST", "/secrets/restore", {"value": "AAAA"}, (400, "BadParameter")),
        ("POST", "/secrets/restore", {"value": "ä"}, (400, "BadParameter")),
        ("PUT", "/secrets/one", {"value": "x" * 11_000_000}, (413, "RequestEntityTooLarge")),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_code(
    vault: LocalVault, method: str, path: str, body: object, expected: tuple[int, str]
) -> None:
    status, answered = vault.call(method, path, body)
    assert (status, answered["error"]["code"]) == expected


def test_an_api_version_is_needed_and_must_be_known(vault: LocalVault) -> None:
    token = vault.issuer.application_token(_AUDIENCE)
    for query in ("", "?api-version=", "?api-version=2015-06-01"):
        status, _, body = vault.ask("GET", f"/secrets{query}", token=token)
        assert (status, body["error"]["code"]) == (400, "BadParameter")


def test_a_secret_may_be_called_like_an_operation(vault: LocalVault) -> None:
    assert vault.call("PUT", "/secrets/restore", {"value": "x"})[0] == 200
    assert vault.call("GET", "/secrets/restore")[1]["value"] == "x"
    assert vault.call("DELETE", "/secrets/restore")[0] == 200


def test_who_does_not_trust_the_authority_does_not_connect(vault: LocalVault) -> None:
    program = f"import urllib.request as u; u.urlopen('{vault.url}/secrets')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)  # noqa: PLW1510 - it fails
    assert "CERTIFICATE_VERIFY_FAILED" in done.stderr


@pytest.fixture
def two(tmp_path: Path) -> Iterator[LocalVault]:
    service = local_vault.start(tmp_path / "v", "--vault", "first", "--vault", "second")
    yield service
    service.end()


def test_vaults_are_told_apart_by_their_hosts(two: LocalVault) -> None:
    def ask(host: str, method: str, body: object = None) -> tuple[int, Any]:
        token = two.issuer.application_token(_AUDIENCE)
        path = "/secrets/one?api-version=7.4"
        status, _, answered = two.ask(method, path, body, token=token, host=host)
        return status, answered

    port = two.url.rpartition(":")[2]
    assert two.ready["endpoints"]["second"] == f"https://second.vault.localhost:{port}"
    made = ask(f"second.vault.localhost:{port}", "PUT", {"value": "x"})[1]
    assert made["id"].startswith(f"https://second.vault.localhost:{port}/secrets/one/")
    assert ask(f"localhost:{port}", "GET")[0] == 404
    assert ask(f"first.vault.localhost:{port}", "GET")[0] == 404
    assert ask(f"Second.Vault.localhost:{port}", "GET")[0] == 200
    status, answered = ask(f"third.vault.localhost:{port}", "GET")
    assert (status, answered["error"]["code"]) == (404, "VaultNotFound")
