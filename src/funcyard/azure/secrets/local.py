"""Secrets in an encrypted file, where there is no vault.

The whole file is sealed at once, so that it tells nothing, not even names, and any change from
outside is noticed. Processes take turns by a lock; a file is replaced whole. The key is a value
from outside, or a file that its owner alone may read, made when the first secret is kept.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import fcntl
import json
import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

from funcyard.atomic import write_atomically
from funcyard.azure.secrets.sealing import KEY_BYTES, BrokenSealError, Seal
from funcyard.azure.secrets.store import SecretNotFoundError, SecretRef, check_store, check_value
from funcyard.errors import FuncyardError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

STORE: Final = "local"
_PLACE: Final = "funcyard secrets 1"


class SecretFileError(FuncyardError):
    """The file of secrets cannot be used."""

    code = "secret-file"


class SecretKeyError(UsageError):
    """The key of the file of secrets is none, is not the one, or is open to others."""

    code = "secret-key"


class LocalSecrets:
    """Keeps secrets in a folder of this machine.

    Args:
        folder: Made, when the first secret is kept, where there is none.
        key: 32 bytes in base64 that count instead of the key that the folder keeps.

    Raises:
        SecretKeyError: The key that is given is none.
    """

    def __init__(self, folder: Path, *, key: str | None = None) -> None:
        self._folder = folder
        self._path = folder / "secrets.sealed"
        self._key_path = folder / "secrets.key"
        self._given = None if key is None else _decoded(key, "the key that is given")

    def __repr__(self) -> str:
        return f"LocalSecrets({str(self._folder)!r})"

    async def __aenter__(self) -> Self:
        """Open it."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of it."""

    async def get(self, ref: SecretRef) -> str:
        """Return a secret's value."""
        check_store(ref, STORE)
        kept = await asyncio.to_thread(self._read)
        if ref.name.lower() not in kept:
            raise SecretNotFoundError(f"there is no secret {ref.name}", hint="set it again")
        return kept[ref.name.lower()]

    async def set(self, name: str, value: str) -> SecretRef:
        """Keep a value under a name."""
        ref = SecretRef(STORE, name)
        check_value(value)
        await asyncio.to_thread(self._change, name.lower(), value)
        return ref

    async def delete(self, ref: SecretRef) -> None:
        """Keep a secret no longer."""
        check_store(ref, STORE)
        await asyncio.to_thread(self._change, ref.name.lower(), None)

    async def check(self) -> str:
        """Return the folder, having read what is in it."""
        await asyncio.to_thread(self._read)
        return f"encrypted file {self._path}"

    def _read(self) -> dict[str, str]:
        """Return every secret by its name in lower case."""
        with _told(self._path):
            try:
                sealed = self._path.read_bytes()
            except FileNotFoundError:
                return {}
        key = self._key()
        if key is None:
            raise SecretKeyError(
                f"{self._key_path} is gone: it is the key to {self._path}",
                hint="put it back, or delete both and set the secrets again",
            )
        try:
            plain = Seal(key).open(base64.b64decode(sealed, validate=True), _PLACE)
        except (BrokenSealError, binascii.Error):
            raise SecretFileError(
                f"{self._path} was changed, or was sealed under another key",
                hint="put back file and key as they were, or delete both and set the secrets again",
            ) from None
        kept: dict[str, str] = json.loads(plain)
        return kept

    def _change(self, name: str, value: str | None) -> None:
        """Keep a value under a name; none to keep it no longer."""
        with _told(self._folder):
            if value is None and not self._path.exists():
                return
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._locked():
                kept = self._read()
                if value is not None:
                    kept[name] = value
                elif kept.pop(name, None) is None:
                    return
                sealed = Seal(self._key() or self._made_key()).close(
                    json.dumps(kept).encode(), _PLACE
                )
                write_atomically(self._path, base64.b64encode(sealed).decode(), mode=0o600)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._folder / "secrets.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _key(self) -> bytes | None:
        """Return the key; None where the folder keeps none yet."""
        if self._given is not None:
            return self._given
        with _told(self._key_path):
            try:
                file = os.open(self._key_path, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return None
            with os.fdopen(file, encoding="ascii", errors="replace") as opened:
                open_to_others = stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077
                text = opened.read()
        if open_to_others:
            raise SecretKeyError(
                f"{self._key_path} can be read or changed by others",
                hint=f"chmod 600 {self._key_path}, and set the secrets again if somebody did",
            )
        return _decoded(text, str(self._key_path))

    def _made_key(self) -> bytes:
        key = os.urandom(KEY_BYTES)
        write_atomically(self._key_path, base64.b64encode(key).decode(), mode=0o600)
        return key


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise SecretFileError(f"{path}: {fault.strerror or fault}") from fault


def _decoded(text: str, what: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SecretKeyError(
            f"{what} is no key", hint=f"{KEY_BYTES} random bytes in base64: openssl rand -base64 32"
        )
    return key
