"""Tokens of a real sign-in over HTTPS, and forged ones."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import replace
from typing import Any

import jwt
import pytest
from azure.identity import ClientSecretCredential
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.local_vault import LocalVault

from funcyard.azure.cloud import cloud_of
from funcyard.azure.signing_keys import KeysUnreachableError, SigningKeys
from funcyard.azure.tokens import (
    BadSignatureError,
    EarlyTokenError,
    ExpiredTokenError,
    MalformedTokenError,
    TokenError,
    TokenRules,
    TokenRulesError,
    TokenVerifier,
    WrongAudienceError,
    WrongIssuerError,
)
from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.identity.signing import SigningKey

_API = "api://platform"


@pytest.fixture
def rules(vault: LocalVault) -> TokenRules:
    tenant = vault.settings["AZURE_TENANT_ID"]
    return TokenRules(cloud_of(vault.settings).issuers(tenant), (_API,), tenant)


@pytest.fixture
def keys(vault: LocalVault) -> SigningKeys:
    cloud = cloud_of(vault.settings)
    return SigningKeys(cloud.keys_url(vault.settings["AZURE_TENANT_ID"]), ca_file=cloud.ca_file)


@pytest.fixture
def verifier(rules: TokenRules, keys: SigningKeys) -> TokenVerifier:
    return TokenVerifier(rules, keys)


@pytest.fixture
def claims(vault: LocalVault) -> dict[str, Any]:
    """What a good token says."""
    token = vault.issuer.user_token(_API, "ann", roles=["Admin"])
    return jwt.decode(token, options={"verify_signature": False})


async def test_a_person_is_known_with_roles_and_groups(
    vault: LocalVault, verifier: TokenVerifier
) -> None:
    token = vault.issuer.user_token(_API, "ann@local", roles=["Admin"], groups=["g1", "g2"])
    caller = await verifier.verify(token)
    assert (caller.name, caller.roles, caller.groups) == ("ann@local", ("Admin",), ("g1", "g2"))
    assert caller.tenant == vault.settings["AZURE_TENANT_ID"]
    assert not caller.is_application
    assert not caller.groups_left_out
    assert caller.id == (await verifier.verify(vault.issuer.user_token(_API, "ann@local"))).id


async def test_a_program_is_known_by_the_token_that_azure_identity_gets(
    vault: LocalVault, verifier: TokenVerifier
) -> None:
    token = ClientSecretCredential(**vault.sign_in()).get_token(f"{_API}/.default").token
    caller = await verifier.verify(token)
    assert caller.is_application
    assert caller.name == caller.id
    assert caller.roles == ()


async def test_more_groups_than_a_token_holds_are_told(
    vault: LocalVault, verifier: TokenVerifier, claims: dict[str, Any]
) -> None:
    sign = vault.issuer.key.sign
    for more in ({"hasgroups": True}, {"_claim_names": {"groups": "src1"}}):
        assert (await verifier.verify(sign({**claims, **more}))).groups_left_out


async def _refused(verifier: TokenVerifier, token: str, kind: type[TokenError]) -> None:
    with pytest.raises(TokenError) as refused:
        await verifier.verify(token)
    assert type(refused.value) is kind
    assert refused.value.status == 401
    assert not token or token not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"exp": 1_700_000_000}, ExpiredTokenError),
        ({"nbf": 4_000_000_000}, EarlyTokenError),
        ({"iat": 4_000_000_000}, EarlyTokenError),
        ({"aud": "https://vault.azure.net"}, WrongAudienceError),
        ({"aud": ["a", "b"]}, WrongAudienceError),
        ({"iss": "https://login.microsoftonline.com/common/v2.0"}, WrongIssuerError),
        ({"tid": "11111111-1111-1111-1111-111111111111"}, WrongIssuerError),
        ({"tid": None}, WrongIssuerError),
        ({"oid": None, "sub": None}, MalformedTokenError),
        ({"exp": None}, MalformedTokenError),
        ({"nbf": None}, MalformedTokenError),
        ({"aud": None}, MalformedTokenError),
        ({"iss": None}, MalformedTokenError),
        ({"exp": "soon"}, MalformedTokenError),
    ],
)
async def test_what_a_token_must_say(
    vault: LocalVault,
    verifier: TokenVerifier,
    claims: dict[str, Any],
    change: dict[str, Any],
    kind: type[TokenError],
) -> None:
    said = {name: value for name, value in {**claims, **change}.items() if value is not None}
    await _refused(verifier, vault.issuer.key.sign(said), kind)


async def test_clocks_may_differ_by_a_minute(
    vault: LocalVault, verifier: TokenVerifier, claims: dict[str, Any]
) -> None:
    sign, now = vault.issuer.key.sign, int(time.time())
    await verifier.verify(sign({**claims, "exp": now - 30}))
    await verifier.verify(sign({**claims, "nbf": now + 30, "iat": now + 30}))
    await _refused(verifier, sign({**claims, "exp": now - 90}), ExpiredTokenError)
    await _refused(verifier, sign({**claims, "nbf": now + 90}), EarlyTokenError)


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _forged(vault: LocalVault, claims: dict[str, Any]) -> dict[str, str]:
    known, stranger = vault.issuer.key, SigningKey.made()
    own = serialization.load_pem_private_key(stranger.text().encode(), None)
    good = known.sign(claims)
    header, body, signature = good.split(".")
    named = {"kid": known.identifier}
    hidden = {**named, "typ": "JWT"}
    public = known.public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    curve = ec.generate_private_key(ec.SECP256R1())

    def unsigned(algorithm: str) -> str:
        said = _base64(json.dumps({"alg": algorithm, **hidden}).encode())
        return f"{said}.{body}."

    def by_hand(algorithm: str, key: bytes) -> str:
        said = _base64(json.dumps({"alg": algorithm, **hidden}).encode())
        mac = hmac.new(key, f"{said}.{body}".encode(), hashlib.sha256).digest()
        return f"{said}.{body}.{_base64(mac)}"

    def signed(algorithm: str = "RS256", **more: Any) -> str:  # noqa: ANN401 - of a header
        return jwt.encode(claims, own, algorithm, {**named, **more})  # type: ignore[arg-type] # RSA

    other = _base64(json.dumps({**claims, "roles": ["Owner"]}).encode())
    return {
        "no algorithm": unsigned("none"),
        "no algorithm, in capitals": unsigned("NONE"),
        "no signature": unsigned("RS256"),
        "the public key as a secret": by_hand("HS256", public),
        "the set of keys as a secret": by_hand("HS256", json.dumps(known.public_jwk()).encode()),
        "an empty secret": by_hand("HS256", b""),
        "another key under the same name": signed(),
        "an algorithm that is not wanted": jwt.encode(claims, own, "RS512", named),  # type: ignore[arg-type] # RSA
        "a curve": jwt.encode(claims, curve, "ES256", named),
        "a key that it brings along": signed(jwk=stranger.public_jwk()),
        "an address of keys": signed(jku="https://localhost:1/keys", x5u="https://localhost:1/x"),
        "a certificate that it brings along": signed(x5c=["AAAA"]),
        "a demand": signed(crit=["exp"], exp=1),
        "other claims": f"{header}.{other}.{signature}",
        "a cut signature": good[:-6],
        "two tokens": f"{good}.{signature}",
    }


async def test_no_forged_token_counts(
    vault: LocalVault, verifier: TokenVerifier, claims: dict[str, Any]
) -> None:
    await verifier.verify(vault.issuer.key.sign(claims))
    for how, token in _forged(vault, claims).items():
        with pytest.raises(TokenError) as refused:
            await verifier.verify(token)
        assert isinstance(refused.value, BadSignatureError | MalformedTokenError), how


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "/dev/null", "' OR '1'='1", "x\x00", "https://localhost:1/k"]
)
async def test_the_name_of_a_key_is_nothing_but_a_name(
    verifier: TokenVerifier, claims: dict[str, Any], name: str
) -> None:
    own: Any = serialization.load_pem_private_key(SigningKey.made().text().encode(), None)
    await _refused(verifier, jwt.encode(claims, own, "RS256", {"kid": name}), BadSignatureError)


@pytest.mark.parametrize("header", [{"kid": ""}, {"kid": "x" * 257}, {}])
async def test_a_key_must_be_named(
    verifier: TokenVerifier, claims: dict[str, Any], header: dict[str, str]
) -> None:
    own: Any = serialization.load_pem_private_key(SigningKey.made().text().encode(), None)
    token = jwt.encode(claims, own, "RS256", header)
    await _refused(verifier, token, MalformedTokenError)


@pytest.mark.parametrize(
    "token",
    ["", ".", "..", "a.b.c", "ä.b.c", "x" * 20_000, f"{_base64(b'[' * 9000)}.e30.e30",
     f"{_base64(b'[]')}.e30.e30", f"{_base64(b'{}')}.e30.e30", "e30.e30"],
)  # fmt: skip
async def test_what_is_no_token_is_refused(verifier: TokenVerifier, token: str) -> None:
    await _refused(verifier, token, MalformedTokenError)


async def test_a_token_of_another_tenant_of_the_same_sign_in_is_refused(
    vault: LocalVault, verifier: TokenVerifier
) -> None:
    tenant = replace(vault.issuer.tenant, id="11111111-1111-1111-1111-111111111111")
    other = Issuer(tenant, vault.issuer.key, vault.url)
    await _refused(verifier, other.user_token(_API, "eve"), WrongIssuerError)


def test_rules_that_let_everybody_in_are_refused() -> None:
    for issuers, audiences in (((), ("a",)), (("i",), ()), (("",), ("a",)), (("i",), ("",))):
        with pytest.raises(TokenRulesError):
            TokenRules(issuers, audiences)


async def test_keys_of_an_address_with_another_s_certificate_are_not_taken(
    vault: LocalVault, rules: TokenRules, claims: dict[str, Any]
) -> None:
    url = cloud_of(vault.settings).keys_url(vault.settings["AZURE_TENANT_ID"])
    verifier = TokenVerifier(rules, SigningKeys(url))
    with pytest.raises(KeysUnreachableError) as refused:
        await verifier.verify(vault.issuer.key.sign(claims))
    assert (refused.value.status, refused.value.exit_code) == (503, 4)
