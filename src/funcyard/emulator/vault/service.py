"""The vault service of a location, from its start to its end, and how others find it meanwhile."""

from __future__ import annotations

import os
import re
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator import running
from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.identity.serving import SignInServing
from funcyard.emulator.identity.signing import SigningKey
from funcyard.emulator.identity.tenant import Tenant, tenant_of
from funcyard.emulator.listening import bind
from funcyard.emulator.running import PRIVATE
from funcyard.emulator.tls import certificates
from funcyard.emulator.vault.app import VaultApp
from funcyard.emulator.vault.records import LONGEST_RETENTION
from funcyard.emulator.vault.store import Store, StoreError
from funcyard.errors import UsageError
from funcyard.listening import url_of
from funcyard.serving import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

DEFAULT_PORT: Final = 10004
DEFAULT_VAULT: Final = "local"
_GRACE_SECONDS: Final = 5
_KEEP_ALIVE_SECONDS: Final = 120  # longer than the clients' own, so that they close idle ones
_NAME: Final = re.compile(r"(?=.{3,24}$)[a-z](?:-?[a-z0-9])*")


class VaultNameError(UsageError):
    """A name that no vault can have."""

    code = "bad-vault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving(SignInServing):
    """A vault service that runs.

    Attributes:
        vaults: Their names; the first is the one of ``url`` itself.
    """

    vaults: tuple[str, ...]

    def endpoint(self, vault: str) -> str:
        """Return the address of a vault."""
        if vault == self.vaults[0]:
            return self.url
        return f"https://{vault}.vault.localhost:{self.url.rpartition(':')[2]}"


class VaultService:
    """Serves a location.

    Args:
        location: The folder of what is kept.
        vaults: Names of vaults.
        address: IP address to listen on, of this machine's own.
        port: 0 for any free one.
        retention: For how many days deleted secrets are kept.
        clock: Returns the time of day in seconds.

    Raises:
        VaultNameError: A name is none.
        StoreError: The location cannot be used.
        PortError: The port cannot be bound.
    """

    def __init__(
        self,
        location: Path,
        vaults: Sequence[str],
        *,
        address: str,
        port: int,
        retention: int = LONGEST_RETENTION,
        clock: Callable[[], float] = time.time,
    ) -> None:
        _check(vaults)
        self._store = Store(location, clock=clock)
        try:
            tenant, key = _identity(self._store.private)
            certified = _certified(self._store.private, clock)
            self._socket = bind(address, port)
        except BaseException:
            self._store.close()
            raise
        url = url_of(self._socket, "https").replace("//127.0.0.1:", "//localhost:")
        self.issuer = Issuer(tenant, key, url, clock=clock)
        app = VaultApp(self._store, self.issuer, vaults, retention=retention)
        self._server = EmbeddedServer(
            app,
            self._socket,
            grace=_GRACE_SECONDS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            ssl_certfile=str(certified[1]),
        )
        self.serving = Serving(
            pid=os.getpid(),
            url=url,
            vaults=tuple(vaults),
            tenant=tenant.id,
            client_id=tenant.client_id,
            client_secret=tenant.client_secret,
            ca=str(certified[0]),
        )

    async def start(self) -> None:
        """Begin to serve."""
        await self._server.start()
        running.announce(self._store.private, asdict(self.serving))

    async def stop(self) -> None:
        """Let what runs finish, and let go of the location."""
        await self._server.stop()
        running.withdraw(self._store.private)
        self._store.close()


def find(location: Path) -> Serving:
    """Return the vault service that runs in a location.

    Raises:
        NotServingError: None does.
    """
    return running.find(location, Serving, "vault service", "vault")


def settings(serving: Serving, vault: str) -> dict[str, str]:
    """Return what clients need, by the names under which the Azure SDKs and OpenSSL look for it."""
    return {
        **serving.signing_in(),
        "AZURE_KEYVAULT_URL": serving.endpoint(vault),
        **serving.trusting(),
    }


def issuer_of(location: Path) -> Issuer:
    """Return the issuer of the vault service that runs in a location.

    Raises:
        NotServingError: None does.
        StoreError: What it keeps cannot be read.
    """
    serving = find(location)
    tenant, key = _identity(location / PRIVATE)
    return Issuer(tenant, key, serving.url)


def stop(location: Path, *, timeout: float) -> int:
    """End the vault service of a location and wait until it has; return its process id.

    Raises:
        NotServingError: None runs.
        NotEndedError: It did not end in time.
    """
    serving = find(location)
    running.end(location / PRIVATE, serving.pid, timeout=timeout)
    return serving.pid


def _check(vaults: Sequence[str]) -> None:
    for vault in vaults:
        if not _NAME.fullmatch(vault):
            raise VaultNameError(
                f"{vault!r} is no name of a vault",
                hint="3 to 24 lower-case letters, digits and single hyphens, a letter first",
            )


def _identity(folder: Path) -> tuple[Tenant, SigningKey]:
    try:
        return tenant_of(folder), SigningKey.kept(folder)
    except (OSError, ValueError) as fault:
        raise StoreError(f"{folder}: who signs in there cannot be read: {fault}") from fault


def _certified(folder: Path, clock: Callable[[], float]) -> tuple[Path, Path]:
    try:
        made = certificates(folder, now=datetime.fromtimestamp(clock(), UTC))
    except OSError as fault:
        raise StoreError(f"{folder}: its certificates cannot be kept: {fault}") from fault
    return made.authority, made.server
