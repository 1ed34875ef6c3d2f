"""The HTTP server of one app, on a socket that listens already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.serving import EmbeddedServer

if TYPE_CHECKING:
    import socket

    from funcyard.host.http.asgi import HttpApp

_GRACE_SECONDS = 10


class HttpServer(EmbeddedServer):
    """Serves one app on a bound socket until stopped."""

    def __init__(self, app: HttpApp, bound: socket.socket) -> None:
        super().__init__(app, bound, grace=_GRACE_SECONDS)
