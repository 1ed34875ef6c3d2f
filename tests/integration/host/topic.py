"""A topic of Event Grid as far as publishing goes: it takes what is sent and keeps it."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Sent:
    """One request: its target, and what makes it one to Event Grid."""

    target: str
    key: str
    media_type: str
    events: Any


@dataclass
class Topic:
    """The requests so far, and the statuses of the next answers; 200 where there are none."""

    url: str
    sent: list[Sent] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@contextmanager
def topic() -> Iterator[Topic]:
    """Serve one on any port."""
    serving = Topic("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            key, media_type = self.headers["aeg-sas-key"], self.headers["content-type"]
            serving.sent.append(Sent(self.path, key, media_type, json.loads(body)))
            self.send_response(serving.statuses.pop(0) if serving.statuses else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    serving.url = f"http://127.0.0.1:{server.server_port}/api/events"
    try:
        yield serving
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
