"""The local Azure of a location, from its start to its end, and how others find it meanwhile."""

from __future__ import annotations

import os
import shutil
from contextlib import AsyncExitStack, ExitStack
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from funcyard.azure.resource_ids import read_resource_id
from funcyard.emulator import running
from funcyard.emulator.authorization.deciding import allows
from funcyard.emulator.core.app import AzureApp
from funcyard.emulator.core.catalog import registry
from funcyard.emulator.core.core import SUBSCRIPTIONS, Core
from funcyard.emulator.core.store import PRIVATE, Store, StoreError, held, key_of
from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.identity.signing import SigningKey
from funcyard.emulator.identity.tenant import tenant_of
from funcyard.emulator.listening import bind, url_of
from funcyard.emulator.managed_identity import endpoint
from funcyard.emulator.managed_identity.models import IDENTITY
from funcyard.emulator.running import NotServingError
from funcyard.emulator.storage.accounts import Accounts
from funcyard.emulator.tls import certificates
from funcyard.emulator.vault.app import VaultApp
from funcyard.emulator.vault.records import LONGEST_RETENTION
from funcyard.emulator.vault.store import Store as VaultStore
from funcyard.serving import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.faults import Faults
    from funcyard.emulator.identity.tenant import Tenant
    from funcyard.emulator.storage.azurite import Program
    from funcyard.emulator.tls import Certificates

DEFAULT_PORT: Final = 10010
_VAULT: Final = "local"
_GRACE_SECONDS: Final = 5
_KEEP_ALIVE_SECONDS: Final = 120  # longer than the clients' own, so that they close idle ones
_DATA: Final = ("vault", "storage")
_FORGOTTEN: Final = ("state.sqlite", "state.sqlite-wal", "state.sqlite-shm")


@dataclass(frozen=True, slots=True)
class Serving:
    """A local Azure that runs.

    Attributes:
        pid: Its process.
        url: Where it listens.
        subscriptions: Their ids.
        tenant: Whose tokens count.
        client_id: The application that may ask for them.
        client_secret: What it proves itself with; shown by nothing but the connection.
        ca: File of the certificate that clients trust.
    """

    pid: int
    url: str
    subscriptions: tuple[str, ...]
    tenant: str
    client_id: str
    client_secret: str = field(repr=False)
    ca: str


class AzureService:
    """Serves a location.

    Args:
        location: The folder of what is kept.
        address: IP address to listen on, of this machine's own.
        port: 0 for any free one.
        clock: Its time.
        azurite: Returns the Azurite that storage accounts run on.
        faults: How it misbehaves; not at all without them.

    Raises:
        StoreError: The location cannot be used.
        PortError: The port cannot be bound.
    """

    def __init__(
        self,
        location: Path,
        *,
        address: str,
        port: int,
        clock: Clock,
        azurite: Callable[[], Program],
        faults: Faults | None = None,
    ) -> None:
        with ExitStack() as opened:
            store = Store(location)
            opened.callback(store.close)
            vault = VaultStore(location / "vault", clock=clock.time)
            opened.callback(vault.close)
            tenant, key, trusted = _identity(store.private, clock)
            bound = bind(address, port)
            self._opened = opened.pop_all()
        url = url_of(bound, "https").replace("//127.0.0.1:", "//localhost:")
        issuer = Issuer(tenant, key, url, clock=clock.time)
        self.core = Core(
            store, clock, issuer, registry(), url, storage=Accounts(store, azurite), faults=faults
        )
        self.core.allows = partial(allows, self.core)
        vaults = VaultApp(vault, issuer, (_VAULT,), retention=LONGEST_RETENTION)
        self._server = EmbeddedServer(
            AzureApp(self.core, vaults),
            bound,
            grace=_GRACE_SECONDS,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            ssl_certfile=str(trusted.server),
        )
        self.serving = Serving(
            pid=os.getpid(),
            url=url,
            subscriptions=SUBSCRIPTIONS,
            tenant=tenant.id,
            client_id=tenant.client_id,
            client_secret=tenant.client_secret,
            ca=str(trusted.authority),
        )

    async def start(self) -> None:
        """Begin to serve, and go on with what was cut short."""
        async with AsyncExitStack() as failing:
            failing.callback(self._opened.close)
            failing.push_async_callback(self.core.stop)
            await self.core.start()
            await self._server.start()
            running.announce(self.core.store.private, asdict(self.serving))
            failing.pop_all()

    async def stop(self) -> None:
        """Let what runs finish, and let go of the location."""
        await self._server.stop()
        await self.core.stop()
        running.withdraw(self.core.store.private)
        self._opened.close()


def find(location: Path) -> Serving:
    """Return the local Azure that runs in a location.

    Raises:
        NotServingError: None does.
    """
    values = running.announced(location / PRIVATE)
    try:
        found = values and Serving(**{**values, "subscriptions": tuple(values["subscriptions"])})
    except (KeyError, TypeError):
        found = None
    if not found:
        raise NotServingError(
            f"no local Azure runs in {location}",
            hint="funcyard emulator start azure --location DIR",
        )
    return found


def settings(serving: Serving) -> dict[str, str]:
    """Return what clients need, by the names under which the Azure SDKs and OpenSSL look for it."""
    return {
        "AZURE_TENANT_ID": serving.tenant,
        "AZURE_CLIENT_ID": serving.client_id,
        "AZURE_CLIENT_SECRET": serving.client_secret,
        "AZURE_AUTHORITY_HOST": serving.url,
        "AZURE_SUBSCRIPTION_ID": serving.subscriptions[0],
        "AZURE_KEYVAULT_URL": serving.url,
        "FUNCYARD_AZURE_MANAGER": serving.url,
        "REQUESTS_CA_BUNDLE": serving.ca,
        "SSL_CERT_FILE": serving.ca,
    }


def identity_settings(location: Path, serving: Serving, identity: str) -> dict[str, str]:
    """Return what an app needs that is a managed identity, as App Service tells it.

    Args:
        location: Of the local Azure.
        serving: What runs there.
        identity: Id of the identity.

    Raises:
        ResourceIdError: That is no id of one.
        StoreError: The location cannot be read.
    """
    named = str(read_resource_id(identity, IDENTITY))
    return {
        "IDENTITY_ENDPOINT": f"{serving.url}{endpoint.PATH}",
        "IDENTITY_HEADER": endpoint.header(key_of(location), (named,)),
        "AZURE_SUBSCRIPTION_ID": serving.subscriptions[0],
        "AZURE_KEYVAULT_URL": serving.url,
        "FUNCYARD_AZURE_MANAGER": serving.url,
        "REQUESTS_CA_BUNDLE": serving.ca,
        "SSL_CERT_FILE": serving.ca,
    }


def stop(location: Path, *, timeout: float) -> int:
    """End the local Azure of a location and wait until it has; return its process id.

    Raises:
        NotServingError: None runs, or it did not end in time.
    """
    serving = find(location)
    running.end(location / PRIVATE, serving.pid, timeout=timeout)
    return serving.pid


def reset(location: Path) -> None:
    """Forget everything of a location but its tenant and its certificates.

    Raises:
        StoreError: Nothing is kept there, it cannot be emptied, or a process serves it.
    """
    if not (location / PRIVATE / _FORGOTTEN[0]).is_file():
        raise StoreError(
            f"{location} is no folder of a local Azure",
            hint="funcyard emulator start azure --location DIR makes one",
        )
    with held(location):
        try:
            for name in _FORGOTTEN:
                (location / PRIVATE / name).unlink(missing_ok=True)
            for name in _DATA:
                if (location / name).exists():
                    shutil.rmtree(location / name)
        except OSError as fault:
            raise StoreError(f"{location}: cannot be emptied: {fault}") from fault


def _identity(folder: Path, clock: Clock) -> tuple[Tenant, SigningKey, Certificates]:
    try:
        trusted = certificates(folder, now=datetime.fromtimestamp(clock.time(), UTC))
        return tenant_of(folder), SigningKey.kept(folder), trusted
    except (OSError, ValueError) as fault:
        raise StoreError(f"{folder}: who signs in there cannot be read: {fault}") from fault
