"""Data planes over HTTPS that are served in this process: one address per resource.

Each has a port of 127.0.0.1 that is chosen once and kept, under the location's certificate; another
is taken only where somebody else holds it.
"""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.store import StoreError
from funcyard.emulator.listening import bind
from funcyard.listening import PortError
from funcyard.serving import EmbeddedServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from funcyard.emulator.core.store import Store
    from funcyard.emulator.http import Receive, Scope, Send
    from funcyard.emulator.tls import Certificates

    App = Callable[[Scope, Receive, Send], Awaitable[None]]

_HOST: Final = "127.0.0.1"
_GRACE_SECONDS: Final = 5
_KEEP_ALIVE_SECONDS: Final = 120  # longer than the clients' own, so that they close idle ones


class Planes:
    """The data planes of a location that are applications of their own.

    Args:
        store: Where their ports are kept.
        trusted: The certificates of the location.
    """

    def __init__(self, store: Store, trusted: Certificates) -> None:
        self._store = store
        self._trusted = trusted
        self._servers: dict[str, tuple[EmbeddedServer, App, Callable[[], None] | None]] = {}

    def host(self, name: str) -> str | None:
        """Return host and port of a plane; None before it was first served."""
        port = self._store.setting(_setting(name))
        return None if port is None else f"{_HOST}:{port}"

    def reserve(self, name: str) -> str:
        """Return host and port of a plane, chosen now where it has none yet.

        Raises:
            PortError: No port can be bound.
        """
        if self.host(name) is None:
            self._bound(name).close()
        return self.host(name) or ""

    @property
    def authority(self) -> Path:
        """File of the certificate by which planes are trusted."""
        return self._trusted.authority

    def is_served(self, name: str) -> bool:
        """Whether a plane answers now."""
        return name in self._servers

    def app(self, name: str) -> App | None:
        """Return what answers at a plane; None where it is not served."""
        server = self._servers.get(name)
        return None if server is None else server[1]

    async def serve(self, name: str, app: App, close: Callable[[], None] | None = None) -> None:
        """Serve a plane that is not served yet.

        Args:
            name: Its own, no other's in this location.
            app: What answers there.
            close: Lets go of what the application uses, once it answers no more.

        Raises:
            PortError: No port can be bound.
        """
        try:
            bound = self._bound(name)
        except PortError:
            if close is not None:
                close()
            raise
        options: dict[str, Any] = {
            "timeout_keep_alive": _KEEP_ALIVE_SECONDS,
            "ssl_certfile": str(self._trusted.server),
        }
        server = EmbeddedServer(app, bound, grace=_GRACE_SECONDS, **options)
        self._servers[name] = (server, app, close)
        await server.start()

    async def remove(self, name: str) -> None:
        """Serve a plane no more, and free its port."""
        await self._stop(name)
        self._store.settle(_setting(name), None)

    async def stop(self) -> None:
        """Serve none any more; their ports stay theirs."""
        await asyncio.gather(*(self._stop(name) for name in list(self._servers)))

    async def _stop(self, name: str) -> None:
        server, _, close = self._servers.pop(name, (None, None, None))
        if server is not None:
            await server.stop()
        if close is not None:
            close()

    def _bound(self, name: str) -> socket.socket:
        try:
            bound = bind(_HOST, self._store.setting(_setting(name)) or 0)
        except PortError:
            bound = bind(_HOST, 0)
        self._store.settle(_setting(name), bound.getsockname()[1])
        return bound


@contextmanager
def told_as_failed() -> Iterator[None]:
    """Tell what keeps a plane from being served as a deployment that failed.

    Raises:
        ArmError: What it keeps cannot be used, or no port can be bound.
    """
    try:
        yield
    except (StoreError, PortError) as fault:
        raise ArmError(409, "ResourceDeploymentFailure", fault.message) from fault


def _setting(name: str) -> str:
    return f"port of {name}"
