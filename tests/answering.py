"""A server that gives requests the bytes for an answer that it was told, whatever they are."""

from __future__ import annotations

import json
import socket
from http.client import responses
from threading import Thread
from typing import Self

_SECONDS = 30


class Answering:
    """Serves on a free port while the block runs.

    Args:
        answers: Sent as they are, one a request, the last of them to all further ones; then the
            connection is closed. For None nothing is sent until the client goes away.

    Attributes:
        url: The address of an API here.
        received: What every request was.
    """

    def __init__(self, *answers: bytes | None) -> None:
        self.received: list[bytes] = []
        self._answers = list(answers)
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
                answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
                if answer is None:
                    connection.recv(1)
                    continue
                connection.sendall(answer)
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


def ndjson(*entries: object, following: int, over: bool) -> bytes:
    """Return the answer that is a part of a log."""
    head = f"X-Log-Next: {following}\r\nX-Log-Over: {json.dumps(over)}\r\n"
    return _whole("".join(f"{json.dumps(entry)}\n" for entry in entries), head)


def document(body: object, status: int = 200) -> bytes:
    """Return the answer that is JSON."""
    return _whole(json.dumps(body), status=status)


def _whole(text: str, head: str = "", status: int = 200) -> bytes:
    content = text.encode()
    first = f"HTTP/1.1 {status} {responses[status]}\r\n{head}"
    return f"{first}Content-Length: {len(content)}\r\n\r\n".encode() + content
