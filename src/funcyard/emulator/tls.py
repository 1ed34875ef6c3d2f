"""The certificates of the local Azure: an authority of its own, and what it says of the server.

Both are made once and kept beside their keys, each in one file, so that no crash leaves a
certificate without its key. The authority may vouch for this machine's own names only (name
constraints), so trusting it gives nobody power over other hosts.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from funcyard.atomic import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_AUTHORITY_LASTS: Final = timedelta(days=3650)
_SERVER_LASTS: Final = timedelta(days=397)  # the longest that clients on macOS take
_RENEWED_BEFORE: Final = timedelta(days=30)
_CLOCKS_DIFFER: Final = timedelta(hours=1)
_NAMES: Final = ("localhost", "*.localhost", "*.vault.localhost")
_ADDRESSES: Final = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the certificates of a location are.

    Attributes:
        authority: The authority's certificate, which clients trust.
        server: The server's key and certificate, readable by their owner alone.
    """

    authority: Path
    server: Path


@dataclass(frozen=True, slots=True)
class _Pair:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def text(self) -> str:
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return (key + self.certificate.public_bytes(serialization.Encoding.PEM)).decode()


def certificates(folder: Path, *, now: datetime) -> Certificates:
    """Return a location's certificates; they are made, or renewed, where they will not do.

    Args:
        folder: Where they are kept.
        now: With its time zone.

    Raises:
        OSError: They can be neither read nor written.
    """
    kept, server = folder / "authority.pem", folder / "server.pem"
    shown = folder / "ca.pem"
    authority = _read(kept, now)
    if authority is None:
        authority = _authority(now)
        write_atomically(kept, authority.text(), mode=0o600)
    public = authority.certificate.public_bytes(serialization.Encoding.PEM).decode()
    if not shown.exists() or shown.read_text(encoding="ascii") != public:
        write_atomically(shown, public)
    of_server = _read(server, now)
    if of_server is None or not _signed(of_server.certificate, authority.certificate):
        write_atomically(server, _server(authority, now).text(), mode=0o600)
    return Certificates(shown, server)


def certificate_of(folder: Path, where: Path, address: str, *, now: datetime) -> Path:
    """Return the file of a certificate, with its key, for an address of this machine.

    It is made, or renewed, where the one that is there will not do.

    Args:
        folder: Where the location's authority is kept.
        where: Where the certificate is.
        address: The address, of IP.
        now: With its time zone.

    Raises:
        OSError: It can be neither read nor written.
    """
    certificates(folder, now=now)
    authority, path = _read(folder / "authority.pem", now), where / "server.pem"
    assert authority is not None  # noqa: S101 - it was made where there was none
    kept = _read(path, now)
    good = kept is not None and _signed(kept.certificate, authority.certificate)
    if kept is None or not good or address not in _addresses(kept.certificate):
        made = _server(authority, now, names=(), addresses=(address,))
        write_atomically(path, made.text(), mode=0o600)
    return path


def _addresses(certificate: x509.Certificate) -> list[str]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(one) for one in names.get_values_for_type(x509.IPAddress)]


def _read(path: Path, now: datetime) -> _Pair | None:
    """Return what a file holds, None where it holds nothing that lasts."""
    try:
        content = path.read_bytes()
        key = serialization.load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
    except (FileNotFoundError, ValueError, TypeError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    if key.public_key() != certificate.public_key():
        return None
    lasts = certificate.not_valid_after_utc - now > _RENEWED_BEFORE
    return _Pair(key, certificate) if lasts and certificate.not_valid_before_utc <= now else None


def _signed(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 - a fault of any kind means that it did not
        return False
    return True


def _authority(now: datetime) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Funcyard local Azure")])
    constraints = x509.NameConstraints(
        permitted_subtrees=[
            x509.DNSName("localhost"),
            x509.IPAddress(ipaddress.ip_network("127.0.0.0/8")),
            x509.IPAddress(ipaddress.ip_network("::1/128")),
        ],
        excluded_subtrees=None,
    )
    usage = _usage(sign_certificates=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        _builder(name, name, key, now, _AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(constraints, critical=True)
        .add_extension(identifier, critical=False)
        .sign(key, hashes.SHA256())
    )
    return _Pair(key, certificate)


def _server(
    authority: _Pair,
    now: datetime,
    *,
    names: Sequence[str] = _NAMES,
    addresses: Sequence[str] = _ADDRESSES,
) -> _Pair:
    key = ec.generate_private_key(ec.SECP256R1())
    # Where there are no other names, this one is held against the constraints too.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    alternatives = x509.SubjectAlternativeName(
        [
            *(x509.DNSName(one) for one in names),
            *(x509.IPAddress(ipaddress.ip_address(one)) for one in addresses),
        ]
    )
    public = authority.key.public_key()
    certificate = (
        _builder(name, authority.certificate.subject, key, now, _SERVER_LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(alternatives, critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return _Pair(key, certificate)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    now: datetime,
    lasts: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + lasts)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
