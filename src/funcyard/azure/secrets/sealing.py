"""Bytes sealed under a key: unreadable without it, changed by nobody unnoticed (AES-256-GCM)."""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


class BrokenSealError(Exception):
    """The bytes were changed, belong elsewhere, or were sealed under another key."""


class Seal:
    """Seals and opens bytes under one key.

    Args:
        key: ``KEY_BYTES`` random bytes.
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, plain: bytes, place: str) -> bytes:
        """Return bytes sealed, for a place: elsewhere they do not open."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Return what was sealed for a place.

        Raises:
            BrokenSealError: It was not, not like this, or not under this key.
        """
        nonce, data = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher.decrypt(nonce, data, place.encode())
        except (InvalidTag, ValueError) as fault:
            raise BrokenSealError from fault
