"""The public keys that sign tokens: fetched from the issuer, kept, fetched anew when they change.

A key that is not known is looked for at the issuer, but not more often than every half minute, so
that nobody makes this host ask by inventing keys. Where the issuer is not reached, the keys that
are known keep counting for a day.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from funcyard.errors import UNREACHABLE, FuncyardError
from funcyard.loopback import on_loopback

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FRESH_SECONDS: Final = 3600
"""For how long keys count without being looked at again."""

STALE_SECONDS: Final = 86400
"""For how long they count while the issuer cannot be reached."""

PAUSE_SECONDS: Final = 30
"""How long after a fetch the next is made, for a key that is not known."""

_FAILED_PAUSE_SECONDS: Final = 5
_TIMEOUT_SECONDS: Final = 10
_LARGEST: Final = 1024 * 1024
_SMALLEST_BITS: Final = 2048
_OK: Final = 200


class KeysUnreachableError(FuncyardError):
    """The keys that sign tokens cannot be fetched, so nobody can be told from anybody else.

    Attributes:
        status: What an API answers.
    """

    code = "keys-unreachable"
    exit_code = UNREACHABLE
    status = 503


class SigningKeys:
    """The keys at an address.

    Args:
        url: Of a set of keys (RFC 7517).
        ca_file: Certificates that are trusted instead of the system's.
        clock: Returns seconds that never go back.
    """

    def __init__(
        self,
        url: str,
        *,
        ca_file: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._ca_file = ca_file
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: dict[str, RSAPublicKey] = {}
        self._fetched: float | None = None
        self._failed: tuple[float, str] | None = None

    async def find(self, identifier: str) -> RSAPublicKey | None:
        """Return a key by what tokens name it by; None where the issuer has no such key.

        Raises:
            KeysUnreachableError: The issuer was not reached, and what is known does not help.
        """
        if self._wanted(identifier):
            async with self._lock:
                if self._wanted(identifier):
                    await self._refresh()
        if self._age() > STALE_SECONDS or (self._failed and identifier not in self._keys):
            reason = self._failed[1] if self._failed else "never fetched"
            raise KeysUnreachableError(
                f"the keys at {self._url} cannot be fetched: {reason}",
                hint="check that the issuer can be reached from here",
            )
        return self._keys.get(identifier)

    def _age(self) -> float:
        """Return for how long the keys are known."""
        return float("inf") if self._fetched is None else self._clock() - self._fetched

    def _wanted(self, identifier: str) -> bool:
        """Whether the keys shall be fetched."""
        if self._failed and self._clock() - self._failed[0] < _FAILED_PAUSE_SECONDS:
            return False
        longest = FRESH_SECONDS if identifier in self._keys else PAUSE_SECONDS
        return self._age() >= longest

    async def _refresh(self) -> None:
        try:
            found = _keys_in(await self._fetch())
        except (aiohttp.ClientError, OSError, ValueError, RecursionError) as fault:
            reason = str(fault) or type(fault).__name__
            self._failed = (self._clock(), reason)
            return
        self._keys, self._fetched, self._failed = found, self._clock(), None

    async def _fetch(self) -> bytes:
        """Return what is at the address.

        Raises:
            aiohttp.ClientError, TimeoutError, OSError, ValueError: It cannot be had.
        """
        trusted: ssl.SSLContext | bool = True
        if self._ca_file is not None:
            trusted = ssl.create_default_context(cafile=self._ca_file)
        async with (
            aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=_TIMEOUT_SECONDS),
                trust_env=not on_loopback(self._url),
            ) as session,
            session.get(self._url, ssl=trusted, allow_redirects=False) as answer,
        ):
            if answer.status != _OK:
                raise ValueError(f"answered {answer.status}")
            body = bytearray()
            async for block in answer.content.iter_any():
                body += block
                if len(body) > _LARGEST:
                    raise ValueError("too large")
            return bytes(body)


def _keys_in(body: bytes) -> dict[str, RSAPublicKey]:
    """Return those keys of a set that may sign tokens with RS256, by their names.

    Raises:
        ValueError: It is no set, or holds no such key.
    """
    read = json.loads(body)
    listed = read.get("keys") if isinstance(read, dict) else None
    if not isinstance(listed, list):
        raise ValueError("no set of keys")  # noqa: TRY004 - of what an issuer answers
    found = {}
    for one in listed:
        if (key := _key_of(one)) is not None:
            found[one["kid"]] = key
    if not found:
        raise ValueError("no key for RS256")
    return found


def _key_of(member: Any) -> RSAPublicKey | None:  # noqa: ANN401 - JSON
    if not isinstance(member, dict) or not isinstance(member.get("kid"), str):
        return None
    if member.get("use", "sig") != "sig" or member.get("alg", "RS256") != "RS256":
        return None
    try:
        key = jwt.PyJWK.from_dict(member, "RS256").key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    strong = isinstance(key, RSAPublicKey) and key.key_size >= _SMALLEST_BITS
    return key if strong else None
