"""The HTTP server of one app, on a socket that listens already."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from funcyard.host.http.asgi import HttpApp


class HttpServer:
    """Serves one app on a bound socket until stopped."""

    def __init__(self, app: HttpApp, bound: socket.socket) -> None:
        config = uvicorn.Config(
            app,
            http="httptools",
            loop="none",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=10,
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
        """Accept nothing new and wait, for ten seconds at most, for running requests."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()


class _Embedded(uvicorn.Server):
    """A server that leaves the process's signals alone: the host has several."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
