"""The HTTP server of the file service: uvicorn on a socket that is bound before."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from funcyard.emulator.files.request import METADATA
from funcyard.errors import UserError
from funcyard.serving import EmbeddedServer

if TYPE_CHECKING:
    from funcyard.emulator.files.app import FilesApp

_METADATA = METADATA.encode()
_BACKLOG = 1024
_GRACE_SECONDS = 5
_KEEP_ALIVE_SECONDS = 120  # longer than the clients' own, so that they close idle ones


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


class FilesServer(EmbeddedServer):
    """Serves an application on a bound socket until stopped."""

    def __init__(self, app: FilesApp, bound: socket.socket) -> None:
        super().__init__(
            app,
            bound,
            grace=_GRACE_SECONDS,
            http=_Protocol,
            date_header=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        )
