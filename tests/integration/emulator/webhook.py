"""A webhook of Event Grid: it takes part in handshakes and keeps what it is sent."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PATIENCE_SECONDS = 30
_STEP_SECONDS = 0.02


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any

    @property
    def is_handshake(self) -> bool:
        return self.method == "OPTIONS" or self.headers["aeg-event-type"] != "Notification"

    @property
    def events(self) -> list[Any]:
        return self.body if isinstance(self.body, list) else [self.body]


@dataclass
class Webhook:
    """What came so far, by the path to which it came.

    Attributes:
        url: Where it answers; paths may be added.
        sent: In the order of arrival.
        status: Returns the status of the answer to events.
        handshake: Returns status and body of the answer to a handshake.
    """

    url: str
    sent: list[Sent] = field(default_factory=list)
    status: Callable[[Sent], int] = lambda _: 200
    handshake: Callable[[Sent], tuple[int, Any]] = lambda one: (
        200,
        {"validationResponse": one.body[0]["data"]["validationCode"]} if one.body else None,
    )

    def at(self, path: str) -> list[Sent]:
        """Return what came to a path, handshakes apart."""
        return [one for one in list(self.sent) if one.path == path and not one.is_handshake]

    def handshakes(self, path: str) -> list[Sent]:
        return [one for one in list(self.sent) if one.path == path and one.is_handshake]

    def events(self, path: str, count: int = 1) -> list[Any]:
        """Wait until so many events came to a path, and return them."""
        until(lambda: sum(len(one.events) for one in self.at(path)) >= count, lambda: self.sent)
        return [event for one in self.at(path) for event in one.events]

    def ids(self, path: str) -> Counter[str]:
        return Counter(event["id"] for one in self.at(path) for event in one.events)


def until(is_so: Callable[[], bool], told: Callable[[], object] = lambda: "") -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, told()
        time.sleep(_STEP_SECONDS)


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that are killed."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - as the base
        return


@contextmanager
def webhook() -> Iterator[Webhook]:
    """Serve one on any port."""
    serving = Webhook("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self._answer()

        def do_OPTIONS(self) -> None:
            self._answer()

        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = json.loads(content) if content else None
            path = self.path.partition("?")[0]
            sent = Sent(self.command, path, headers, body)
            serving.sent.append(sent)
            if sent.is_handshake:
                status, told = serving.handshake(sent)
            else:
                status, told = serving.status(sent), None
            answer = b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            if self.command == "OPTIONS" and status == 200:
                self.send_header("webhook-allowed-origin", "eventgrid.azure.net")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            return

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    serving.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield serving
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
