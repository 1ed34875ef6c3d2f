"""Where services connect by AMQP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.iothub.amqp.connection import AmqpConnection
from funcyard.emulator.iothub.amqp.types import BadValueError
from funcyard.emulator.iothub.errors import HubError
from funcyard.emulator.streams import StreamServer

if TYPE_CHECKING:
    import asyncio
    import socket
    import ssl

    from funcyard.emulator.iothub.hub import Hub


class AmqpServer(StreamServer):
    """Serves services of a hub between :meth:`start` and :meth:`stop`.

    Args:
        hub: Which.
        bound: Where.
        trust: The certificate that it shows.
    """

    faults = (BadValueError, HubError)

    def __init__(self, hub: Hub, bound: socket.socket, trust: ssl.SSLContext) -> None:
        super().__init__(f"AMQP of {hub.name}", bound, trust)
        self._hub = hub

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a service until it leaves."""
        await AmqpConnection(self._hub, reader, writer).serve()
