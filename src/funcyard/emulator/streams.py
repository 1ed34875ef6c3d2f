"""Connections under TLS that carry no HTTP of this process: accepted, each served in a task, ended.

A task ends when its client leaves, when serving it fails, or with the server. In the first two
cases what was written is sent before the connection is closed, if the client takes it by then.
"""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    import socket
    import ssl

_LOGGER = logging.getLogger(__name__)
_CLOSING_SECONDS: Final = 1.0  # a client that keeps a connection for later reads nothing from it
_GRACE_SECONDS: Final = 5.0
_LEFT: Final = (OSError, asyncio.IncompleteReadError)


class StreamServer(ABC):
    """Serves connections between :meth:`start` and :meth:`stop`.

    Args:
        name: Whose they are, for the log.
        bound: Where.
        trust: The certificate that it shows.
    """

    faults: ClassVar[tuple[type[Exception], ...]] = ()
    """What serving raises where a client does wrong: a line in the log; all else is told whole."""

    def __init__(self, name: str, bound: socket.socket, trust: ssl.SSLContext) -> None:
        self._name = name
        self._bound = bound
        self._trust = trust
        self._server: asyncio.Server | None = None
        self._is_over = False
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def start(self) -> None:
        """Begin to accept connections."""
        self._server = await asyncio.start_server(self._accept, sock=self._bound, ssl=self._trust)

    async def stop(self) -> None:
        """Accept nothing new and end what goes on; what has not ended after a grace is left."""
        self._is_over = True
        if self._server is not None:
            self._server.close()
        for task in self._clients:
            task.cancel()
        if self._clients:
            _, left = await asyncio.wait(self._clients, timeout=_GRACE_SECONDS)
            for task in left:
                _LOGGER.warning("%s: a connection has not ended", self._name)
                self._clients[task].transport.abort()

    @abstractmethod
    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection until its client leaves; whoever calls closes it."""

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_over:  # it was not through with its handshake then
            writer.transport.abort()
            return
        task = asyncio.create_task(self._handled(reader, writer))
        self._clients[task] = writer
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._clients.pop(task).transport.abort()

    async def _handled(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self.serve(reader, writer)
        except _LEFT:
            pass
        except self.faults as fault:
            _LOGGER.warning("%s: a client was let go of: %s", self._name, fault)
        except Exception:
            _LOGGER.exception("%s: a client was let go of", self._name)
        writer.close()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await writer.wait_closed()
        except OSError:
            pass  # it left, or takes nothing
