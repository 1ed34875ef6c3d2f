"""Where services connect by AMQP."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from funcyard.emulator.iothub.amqp.connection import AmqpConnection
from funcyard.emulator.iothub.amqp.types import BadValueError
from funcyard.emulator.iothub.errors import HubError

if TYPE_CHECKING:
    import socket
    import ssl

    from funcyard.emulator.iothub.hub import Hub

_LOGGER = logging.getLogger(__name__)
_ENDED: Final = (
    OSError,
    asyncio.IncompleteReadError,
    TimeoutError,
    asyncio.CancelledError,
)


class AmqpServer:
    """Serves services of a hub between :meth:`start` and :meth:`stop`.

    Args:
        hub: Which.
        bound: Where.
        trust: The certificate that it shows.
    """

    def __init__(self, hub: Hub, bound: socket.socket, trust: ssl.SSLContext) -> None:
        self._hub = hub
        self._bound = bound
        self._trust = trust
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to accept connections."""
        self._server = await asyncio.start_server(self._accept, sock=self._bound, ssl=self._trust)

    async def stop(self) -> None:
        """Accept nothing new, and end what goes on."""
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio calls this in one
        self._clients.add(task)
        try:
            await AmqpConnection(self._hub, reader, writer).serve()
        except _ENDED:
            pass  # the service went away, or the hub does
        except (BadValueError, HubError) as fault:
            _LOGGER.warning("%s: a service was let go of: %s", self._hub.name, fault)
        except Exception:
            _LOGGER.exception("%s: a service was let go of", self._hub.name)
        finally:
            self._clients.discard(task)
            writer.close()
