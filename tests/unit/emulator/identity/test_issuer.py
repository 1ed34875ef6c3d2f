"""Tokens of the local sign-in."""

from __future__ import annotations

from pathlib import Path

import jwt
import pytest

from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.identity.signing import SigningKey
from funcyard.emulator.identity.tenant import tenant_of


def _claims(token: str) -> dict[str, object]:
    claims: dict[str, object] = jwt.decode(token, options={"verify_signature": False})
    return claims


def test_a_person_s_token_holds_roles_and_groups_and_the_same_id_each_time(tmp_path: Path) -> None:
    issuer = Issuer(tenant_of(tmp_path), SigningKey.kept(tmp_path), "https://localhost:1")
    token = issuer.user_token("api://x", "ann@local", roles=["Admin"], groups=["g1", "g2"])
    claims = _claims(token)

    assert claims["preferred_username"] == "ann@local"
    assert (claims["roles"], claims["groups"]) == (["Admin"], ["g1", "g2"])
    assert claims["oid"] == _claims(issuer.user_token("api://y", "ann@local"))["oid"]
    assert claims["oid"] != _claims(issuer.user_token("api://x", "bob@local"))["oid"]
    assert "roles" not in _claims(issuer.user_token("api://x", "bob@local"))
    issuer.verify(token, "api://x")


def test_who_signs_in_outlives_a_restart(tmp_path: Path) -> None:
    first, second = tenant_of(tmp_path), tenant_of(tmp_path)
    assert first == second
    assert first.client_secret not in repr(first)
    assert SigningKey.kept(tmp_path).identifier == SigningKey.kept(tmp_path).identifier
    for name in ("tenant.json", "signing.pem"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600


def test_others_tokens_are_refused(tmp_path: Path) -> None:
    now = [1_700_000_000.0]
    tenant, key = tenant_of(tmp_path), SigningKey.made()
    issuer = Issuer(tenant, key, "https://localhost:1")
    forged = Issuer(tenant, SigningKey.made(), "https://localhost:1")
    old = Issuer(tenant, key, "https://localhost:1", clock=lambda: now[0])
    elsewhere = Issuer(tenant, key, "https://localhost:2")

    with pytest.raises(jwt.InvalidSignatureError):
        issuer.verify(forged.application_token("a"), "a")
    with pytest.raises(jwt.ExpiredSignatureError):
        issuer.verify(old.application_token("a"), "a")
    with pytest.raises(jwt.InvalidIssuerError):
        issuer.verify(elsewhere.application_token("a"), "a")
    with pytest.raises(jwt.InvalidAudienceError):
        issuer.verify(issuer.application_token("b"), "a")
