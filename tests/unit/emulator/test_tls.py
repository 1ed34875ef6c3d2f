"""The certificates of the local Azure."""

from __future__ import annotations

import ssl
import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from funcyard.emulator.tls import certificate_of, certificates

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _verified(folder: Path, name: str, *, at: datetime) -> bool:
    made = certificates(folder, now=at)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    server = x509.load_pem_x509_certificate(made.server.read_bytes())
    verifier = PolicyBuilder().store(Store([authority])).time(at)
    try:
        verifier.build_server_verifier(x509.DNSName(name)).verify(server, [])
    except VerificationError:
        return False
    return True


def test_this_machine_s_names_are_vouched_for_and_no_others(tmp_path: Path) -> None:
    for name in ("localhost", "local.vault.localhost"):
        assert _verified(tmp_path, name, at=NOW)
    assert not _verified(tmp_path, "vault.azure.net", at=NOW)
    made = certificates(tmp_path, now=NOW)
    authority = x509.load_pem_x509_certificate(made.authority.read_bytes())
    constraints = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraints.critical
    assert constraints.value.permitted_subtrees


def test_they_are_kept_and_renewed_before_they_end(tmp_path: Path) -> None:
    first = certificates(tmp_path, now=NOW)
    authority, server = first.authority.read_bytes(), first.server.read_bytes()
    certificates(tmp_path, now=NOW + timedelta(days=300))
    assert first.server.read_bytes() == server

    certificates(tmp_path, now=NOW + timedelta(days=380))
    assert first.server.read_bytes() != server
    assert first.authority.read_bytes() == authority
    assert _verified(tmp_path, "localhost", at=NOW + timedelta(days=500))
    certificates(tmp_path, now=NOW + timedelta(days=3640))
    assert first.authority.read_bytes() != authority


def test_the_keys_are_their_owner_s_alone(tmp_path: Path) -> None:
    made = certificates(tmp_path, now=NOW)
    for path in (made.server, tmp_path / "authority.pem"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"PRIVATE" not in made.authority.read_bytes()


@pytest.mark.parametrize("name", ["authority.pem", "server.pem", "ca.pem"])
def test_what_was_lost_or_broken_is_made_again(tmp_path: Path, name: str) -> None:
    certificates(tmp_path, now=NOW)
    (tmp_path / name).write_text("broken")
    made = certificates(tmp_path, now=NOW)
    assert _verified(tmp_path, "localhost", at=NOW)
    ssl.create_default_context(cafile=made.authority)


def test_an_address_of_this_machine_gets_a_certificate_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "hub"
    folder.mkdir()
    path = certificate_of(tmp_path, folder, "127.77.1.1", now=NOW)
    first = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    authority = x509.load_pem_x509_certificate(
        certificates(tmp_path, now=NOW).authority.read_bytes()
    )
    verifier = PolicyBuilder().store(Store([authority])).time(NOW)
    named = x509.IPAddress(ip_address("127.77.1.1"))
    certificate = x509.load_pem_x509_certificate(first)
    assert verifier.build_server_verifier(named).verify(certificate, [])
    assert certificate_of(tmp_path, folder, "127.77.1.1", now=NOW).read_bytes() == first
    assert certificate_of(tmp_path, folder, "127.77.1.2", now=NOW).read_bytes() != first
