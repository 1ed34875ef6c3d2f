"""A server's certificate of the local Azure, and clients that trust it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

from funcyard.emulator.listening import bind
from funcyard.emulator.tls import certificates


class Certified:
    """Both ends of TLS over a socket that listens.

    Args:
        folder: For the certificates.

    Attributes:
        bound: The socket.
        server: What the server shows.
        client: What a client trusts.
    """

    def __init__(self, folder: Path) -> None:
        made = certificates(folder, now=datetime.now(UTC))
        self.bound = bind("127.0.0.1", 0)
        self.server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.server.load_cert_chain(made.server)
        self.client = ssl.create_default_context(cafile=str(made.authority))

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.bound.getsockname()[1])

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Return a connection."""
        return await asyncio.open_connection("localhost", self.port, ssl=self.client)

    async def begin(self) -> socket.socket:
        """Return a connection whose handshake is still to come."""
        return await asyncio.to_thread(socket.create_connection, ("127.0.0.1", self.port), 20)

    async def secure(self, begun: socket.socket) -> ssl.SSLSocket:
        """Return a connection after its handshake; it reads, and agrees to its end, when asked."""
        return await asyncio.to_thread(
            self.client.wrap_socket, begun, server_hostname="localhost", suppress_ragged_eofs=True
        )
