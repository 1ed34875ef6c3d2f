"""The HTTP server of the file service: uvicorn on a socket that is bound before."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from funcyard.emulator.files.request import METADATA
from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.files.app import FilesApp

_METADATA = METADATA.encode()
_BACKLOG = 1024


class PortError(UserError):
    """The port cannot be bound."""

    code = "no-port"


def bind(address: str, port: int) -> socket.socket:
    """Return a socket bound to a port of this machine; 0 is any free one.

    Raises:
        PortError: The address is not this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address, port))
        bound.listen(_BACKLOG)
    except OSError as fault:
        bound.close()
        raise PortError(
            f"cannot listen on {address}:{port}: {fault.strerror}",
            hint="stop what listens there, or choose another --port",
        ) from fault
    bound.setblocking(False)  # noqa: FBT003 - positional only
    return bound


class _Protocol(HttpToolsProtocol):
    """Leaves the names of metadata headers as the client wrote them: their case is kept."""

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower().startswith(_METADATA):
            self.headers.append((name, value))
        else:
            super().on_header(name, value)


class FilesServer:
    """Serves an application on a bound socket until stopped."""

    def __init__(self, app: FilesApp, bound: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            http=_Protocol,
            loop="none",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=120,  # longer than the clients' own, so that they close idle ones
            timeout_graceful_shutdown=5,
        )
        self._server = _Embedded(config)
        self._socket = bound
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to accept connections."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Accept nothing new and wait, for five seconds at most, for running requests."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()


class _Embedded(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
