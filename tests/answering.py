"""A server that gives every request the same bytes for an answer, whatever they are."""

from __future__ import annotations

import socket
from threading import Thread
from typing import Self

_SECONDS = 30


class Answering:
    """Serves on a free port while the block runs.

    Args:
        answer: Sent as it is; then the connection is closed.

    Attributes:
        url: The address of an API here.
        received: What every request was.
    """

    def __init__(self, answer: bytes) -> None:
        self.received: list[bytes] = []
        self._answer = answer
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/api"
        self._thread = Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(_SECONDS)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(_SECONDS)
                self.received.append(_request(connection))
                connection.sendall(self._answer)
                connection.shutdown(socket.SHUT_WR)


def _request(connection: socket.socket) -> bytes:
    """Return a request, head and body."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += connection.recv(65536)
    head = request.partition(b"\r\n\r\n")[0].lower()
    _, announced, rest = head.partition(b"content-length:")
    wanted = len(head) + 4 + (int(rest.split(b"\r\n")[0]) if announced else 0)
    while len(request) < wanted:
        request += connection.recv(65536)
    return request
