"""The HTTP server of the file service: uvicorn, with the case of metadata headers kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.files.request import METADATA
from funcyard.serving import BoundedProtocol, EmbeddedServer

if TYPE_CHECKING:
    import socket

    from funcyard.emulator.files.app import FilesApp

_METADATA = METADATA.encode()
_GRACE_SECONDS = 5
_KEEP_ALIVE_SECONDS = 120  # longer than the clients' own, so that they close idle ones


class _Protocol(BoundedProtocol):
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
