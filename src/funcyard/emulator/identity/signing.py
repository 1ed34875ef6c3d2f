"""The key that signs tokens: made once, kept readable by its owner alone, its public half shown."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from funcyard.atomic import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_BITS: Final = 2048
_EXPONENT: Final = 65537


class SigningKey:
    """Signs tokens with RS256, as Microsoft Entra ID does.

    Args:
        private: The key.

    Attributes:
        public: Its public half.
        identifier: What a token names it by: its thumbprint of RFC 7638.
    """

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        self._private = private
        self.public = private.public_key()
        numbers = self.public.public_numbers()
        self._members = {"e": _number(numbers.e), "kty": "RSA", "n": _number(numbers.n)}
        canonical = json.dumps(self._members, separators=(",", ":"), sort_keys=True)
        self.identifier = _base64(hashlib.sha256(canonical.encode()).digest())

    @classmethod
    def made(cls) -> SigningKey:
        """Return a new key."""
        return cls(rsa.generate_private_key(_EXPONENT, _BITS))

    @classmethod
    def kept(cls, folder: Path) -> SigningKey:
        """Return the key that a folder keeps; one is made where none is kept.

        Raises:
            OSError: It can be neither read nor written.
            ValueError: What is kept is none.
        """
        path = folder / "signing.pem"
        try:
            found = serialization.load_pem_private_key(path.read_bytes(), None)
        except FileNotFoundError:
            key = cls.made()
            write_atomically(path, key.text(), mode=0o600)
            return key
        if not isinstance(found, rsa.RSAPrivateKey):
            raise ValueError(str(path))  # noqa: TRY004 - of what a file holds
        return cls(found)

    def text(self) -> str:
        """Return the private key as PEM."""
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def sign(self, claims: Mapping[str, object]) -> str:
        """Return a token that says these claims."""
        return jwt.encode(dict(claims), self._private, "RS256", {"kid": self.identifier})

    def public_jwk(self) -> dict[str, str]:
        """Return the public half as a set of keys holds it (RFC 7517)."""
        return {**self._members, "use": "sig", "alg": "RS256", "kid": self.identifier}


def _number(value: int) -> str:
    return _base64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
