"""An ASGI application served by uvicorn in a process that has other things to do."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

LARGEST_HEAD: Final = 128 * 1024
"""Of a request, its address and headers, or what follows its body, in bytes; what comes at once may
be more."""
_TOO_LARGE: Final = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


class EmbeddedServer:
    """Serves an application on a bound socket until stopped.

    The process's signals and logging are left alone, and no access is logged.

    Args:
        app: The ASGI application.
        bound: Where it listens.
        grace: Whole seconds for which running requests are waited for at the end.
        options: Further options of uvicorn's, or others than these.
    """

    def __init__(
        self,
        app: Any,  # noqa: ANN401 - uvicorn's own type admits any ASGI application
        bound: socket.socket,
        *,
        grace: int,
        **options: Any,  # noqa: ANN401 - uvicorn's own
    ) -> None:
        usual: dict[str, Any] = {
            "http": BoundedProtocol,
            "loop": "none",
            "ws": "none",
            "lifespan": "off",
            "log_config": None,
            "access_log": False,
            "server_header": False,
            "proxy_headers": False,
            "timeout_graceful_shutdown": grace,
        }
        self._server = _Server(uvicorn.Config(_answering(app), **{**usual, **options}))
        self._socket = bound
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to accept connections."""
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Accept nothing new and wait for running requests, no longer than the grace."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task
        self._socket.close()


def _answering(app: Any) -> Any:  # noqa: ANN401 - any ASGI application
    """Return an application that answers 503 to what it does not finish within the grace."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - of ASGI
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            if scope["type"] != "http":
                raise
            with contextlib.suppress(RuntimeError):  # an answer had begun
                headers = [(b"content-length", b"0"), (b"connection", b"close")]
                await send({"type": "http.response.start", "status": 503, "headers": headers})
                await send({"type": "http.response.body"})

    return answer


class BoundedProtocol(HttpToolsProtocol):
    """Refuses heads and trailers without end, which uvicorn would keep however large they get."""

    _is_head = False
    _is_message = False
    _is_body = False
    _size = 0

    def on_message_begin(self) -> None:
        """Take note that a head begins."""
        super().on_message_begin()
        self._is_message = self._is_head = True

    def on_headers_complete(self) -> None:
        """Take note that a head is whole."""
        self._is_head, self._is_body = False, True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take note that a part of a body came."""
        self._is_body = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Take note that all of a request has come."""
        self._is_message = False
        super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        """Take what came, and refuse it where too much of it is no body."""
        self._is_body = False
        super().data_received(data)
        self._size = self._size + len(data) if self._is_message and not self._is_body else 0
        if self._size > LARGEST_HEAD and not self.transport.is_closing():
            if self._is_head:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
            else:
                self.transport.abort()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does, but wait for no client to agree that its idle TLS ends.

        A client that keeps a connection for later reads nothing from it, so it would never answer.
        """
        connections: set[HttpToolsProtocol] = self.server_state.connections  # type: ignore[assignment]  # it is what `http` asks for
        for connection in [*connections]:
            cycle: RequestResponseCycle | None = connection.cycle
            if connection.scheme == "https" and (cycle is None or cycle.response_complete):
                connection.transport.abort()
        await super().shutdown(sockets)
