"""The local Azure of a location, from its start to its end."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from funcyard.emulator import running
from funcyard.emulator.activitylog.log import ActivityLog
from funcyard.emulator.authorization.deciding import allows, allows_data
from funcyard.emulator.containerapps.runtime.replicas import ProcessRuntime
from funcyard.emulator.containerapps.serving import ContainerApps
from funcyard.emulator.core.app import AzureApp
from funcyard.emulator.core.catalog import registry
from funcyard.emulator.core.core import SUBSCRIPTIONS, Core
from funcyard.emulator.core.finding import Serving
from funcyard.emulator.core.planes import Planes
from funcyard.emulator.core.store import Store, StoreError
from funcyard.emulator.cosmos.accounts import Accounts as CosmosAccounts
from funcyard.emulator.eventgrid.outbox import Outbox
from funcyard.emulator.eventgrid.serving import Grid
from funcyard.emulator.graph.directory import Directory
from funcyard.emulator.identity.issuer import Issuer
from funcyard.emulator.identity.signing import SigningKey
from funcyard.emulator.identity.tenant import tenant_of
from funcyard.emulator.iothub.hubs import Hubs
from funcyard.emulator.listening import bind
from funcyard.emulator.loganalytics.lines import Lines
from funcyard.emulator.storage.accounts import Accounts
from funcyard.emulator.tls import certificates
from funcyard.emulator.vault.app import VaultApp
from funcyard.emulator.vault.records import LONGEST_RETENTION
from funcyard.emulator.vault.store import Store as VaultStore
from funcyard.emulator.web.serving import Sites
from funcyard.listening import url_of
from funcyard.serving import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.azurite.launching import Program
    from funcyard.emulator.core.clock import Clock
    from funcyard.emulator.core.faults import Faults
    from funcyard.emulator.identity.tenant import Tenant
    from funcyard.emulator.tls import Certificates

DEFAULT_PORT: Final = 10010
_VAULT: Final = "local"
_GRACE_SECONDS: Final = 5
_KEEP_ALIVE_SECONDS: Final = 120  # longer than the clients' own, so that they close idle ones


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
            outbox = Outbox(location / "eventgrid")
            opened.callback(outbox.close)
            activity = ActivityLog(location / "activitylog")
            opened.callback(activity.close)
            lines = Lines(location / "loganalytics")
            opened.callback(lines.close)
            directory = Directory(location / "graph", clock=clock.time)
            opened.callback(directory.close)
            tenant, key, trusted = _identity(store.private, clock)
            bound = bind(address, port)
            self._opened = opened.pop_all()
        url = url_of(bound, "https").replace("//127.0.0.1:", "//localhost:")
        issuer = Issuer(tenant, key, url, clock=clock.time, others=directory)
        self.core = Core(
            store,
            clock,
            issuer,
            registry(),
            url,
            storage=Accounts(store, azurite),
            web=Sites(store, trusted),
            planes=Planes(store, trusted),
            cosmos=CosmosAccounts(location / "cosmos"),
            hubs=Hubs(store),
            grid=Grid(outbox, trusted),
            container_apps=ContainerApps(
                location / "containerapps",
                ProcessRuntime(location / "containerapps" / "runtime", clock, trusted.authority),
            ),
            activity=activity,
            lines=lines,
            directory=directory,
            faults=faults,
        )
        self.core.allows = partial(allows, self.core)
        self.core.allows_data = partial(allows_data, self.core)
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
        with suppress(OSError):  # then it is found until it has ended
            running.announce_end(self.core.store.private, asdict(self.serving))
        await self._server.stop()
        await self.core.stop()
        running.withdraw(self.core.store.private)
        self._opened.close()


def _identity(folder: Path, clock: Clock) -> tuple[Tenant, SigningKey, Certificates]:
    try:
        trusted = certificates(folder, now=datetime.fromtimestamp(clock.time(), UTC))
        return tenant_of(folder), SigningKey.kept(folder), trusted
    except (OSError, ValueError) as fault:
        raise StoreError(f"{folder}: who signs in there cannot be read: {fault}") from fault
