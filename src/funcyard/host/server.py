"""A listening socket and the HTTP server of one app on it."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from typing import TYPE_CHECKING

import uvicorn

from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.host.http.asgi import HttpApp

_BACKLOG = 2048
_HIGHEST = 65535
_BUSY = frozenset({errno.EADDRINUSE, errno.EACCES})


class PortError(UserError):
    """No port could be bound."""

    code = "no-port"


def bind(address: str, wanted: int, taken: set[int]) -> socket.socket:
    """Return a socket bound to the wanted port, or to the next free one above it.

    Args:
        address: IPv4 or IPv6 address.
        wanted: 0 for any free port.
        taken: Ports meant for others, passed over.

    Raises:
        PortError: The address is not this machine's, or no port is free.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    reason = "every port is busy"
    for port in [0] if wanted == 0 else range(wanted, min(wanted + 200, _HIGHEST) + 1):
        if port in taken and port != wanted:
            continue
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((address, port))
            bound.listen(_BACKLOG)
        except OSError as fault:
            bound.close()
            reason = str(fault)
            if fault.errno not in _BUSY:
                break
            continue
        bound.setblocking(False)  # noqa: FBT003 - positional only
        return bound
    raise PortError(f"cannot listen on {address}:{wanted}: {reason}")


def url_of(bound: socket.socket) -> str:
    """Return the base URL under which the socket is reached from this machine."""
    host, port = bound.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        host = "127.0.0.1" if host == "0.0.0.0" else "::1"  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


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
