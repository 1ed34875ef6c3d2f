"""The file service of a location, from its start to its end, and how others find it meanwhile."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.atomic import write_atomically
from funcyard.emulator import running
from funcyard.emulator.files import names
from funcyard.emulator.files.app import FilesApp
from funcyard.emulator.files.server import FilesServer
from funcyard.emulator.files.store.database import StoreError
from funcyard.emulator.files.store.store import Store
from funcyard.emulator.listening import bind
from funcyard.emulator.running import PRIVATE
from funcyard.errors import UsageError
from funcyard.listening import url_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DEFAULT_ACCOUNT: Final = "devstoreaccount1"
DEFAULT_PORT: Final = 10003
_KEY_BYTES: Final = 64


class AccountError(UsageError):
    """An account's name or key that Azure would not have."""

    code = "bad-account"


@dataclass(frozen=True, slots=True)
class Serving:
    """A file service that runs.

    Attributes:
        pid: Its process.
        url: Where it listens, without an account.
        accounts: Their names.
        key: Of every account; kept where only the owner reads it, shown by nothing but the
            connection string.
    """

    pid: int
    url: str
    accounts: tuple[str, ...]
    key: str = field(repr=False)

    def endpoint(self, account: str) -> str:
        """Return the address of an account."""
        return f"{self.url}/{account}"


class FilesService:
    """Serves a location.

    Args:
        location: The folder of all accounts.
        accounts: Names of accounts.
        key: Base64; of every account.
        address: IP address to listen on.
        port: 0 for any free one.

    Raises:
        AccountError: A name or the key is none.
        StoreError: The location cannot be used.
        PortError: The port cannot be bound.
    """

    def __init__(
        self, location: Path, accounts: Sequence[str], key: str, *, address: str, port: int
    ) -> None:
        check_accounts(accounts, key)
        self._location = location
        self._store = Store(location)
        try:
            self._socket = bind(address, port)
        except BaseException:
            self._store.close()
            raise
        app = FilesApp(self._store, dict.fromkeys(accounts, (key,)))
        self._server = FilesServer(app, self._socket)
        self.serving = Serving(os.getpid(), url_of(self._socket, "http"), tuple(accounts), key)
        self.recovered = self._store.recovered

    async def start(self) -> None:
        """Begin to serve."""
        await self._server.start()
        running.announce(self._location / PRIVATE, asdict(self.serving))

    async def stop(self) -> None:
        """Let what runs finish, and let go of the location."""
        await self._server.stop()
        running.withdraw(self._location / PRIVATE)
        self._store.close()


def check_accounts(accounts: Sequence[str], key: str) -> None:
    """Refuse names and keys that Azure would not have.

    Raises:
        AccountError: One of them is none.
    """
    for account in accounts:
        if not names.is_account(account):
            raise AccountError(
                f"{account!r} is no name of a storage account",
                hint="3 to 24 lower-case letters and digits",
            )
    try:
        decoded = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if not decoded:
        raise AccountError(
            "the account key is not base64", hint="unset it, and a key is generated and kept"
        )


def key_of(location: Path, *, given: str | None) -> str:
    """Return the key of a location's accounts; one is made, and kept, where none is given.

    Args:
        location: The folder of all accounts.
        given: A key that counts instead of the one that is kept.

    Raises:
        StoreError: It can be neither read nor written.
    """
    if given is not None:
        return given
    path = location / PRIVATE / "key"
    try:
        if not path.exists():
            made = base64.b64encode(os.urandom(_KEY_BYTES)).decode()
            (location / PRIVATE).mkdir(parents=True, exist_ok=True, mode=0o700)
            write_atomically(path, made, mode=0o600)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise StoreError(f"{path}: cannot be read or written: {fault}") from fault


def find(location: Path) -> Serving:
    """Return the file service that runs in a location.

    Raises:
        NotServingError: None does.
    """
    return running.find(location, Serving, "file service", "files")


def stop(location: Path, *, timeout: float) -> int:
    """End the file service of a location and wait until it has; return its process id.

    Raises:
        NotServingError: None runs.
        NotEndedError: It did not end in time.
    """
    serving = find(location)
    running.end(location / PRIVATE, serving.pid, timeout=timeout)
    return serving.pid


def connection_string(serving: Serving, account: str) -> str:
    """Return what the storage SDKs connect with, key included."""
    return (
        f"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={serving.key};"
        f"FileEndpoint={serving.endpoint(account)};"
    )
