"""Storage that refuses: it is asked from here, and the app is elsewhere."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from funcyard.containerapps.health.asking.storage import ask_storage
from funcyard.containerapps.health.facts import StorageSeen
from funcyard.containerapps.template import Container, Variable


@contextmanager
def _refusing(code: str, message: str) -> Iterator[str]:
    """A connection to storage that answers any request by 403."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{message}</Message></Error>"

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(403)
            self.send_header("x-ms-error-code", code)
            self.send_header("Content-Type", "application/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    key = base64.b64encode(b"k" * 64).decode()
    endpoint = f"http://127.0.0.1:{server.server_port}/acc"
    try:
        yield f"AccountName=acc;AccountKey={key};BlobEndpoint={endpoint};"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def _seen(connection: str) -> StorageSeen:
    main = Container("main", variables=(Variable("AzureWebJobsStorage", connection),))
    found = await ask_storage(main, {}, 20, datetime.now(UTC))
    assert found is not None
    return found


async def test_a_firewall_that_keeps_this_machine_out_says_nothing_of_the_app() -> None:
    told = "This request is not authorized to perform this operation."
    with _refusing("AuthorizationFailure", told) as connection:
        seen = await _seen(connection)
    assert not seen.is_known
    assert "lets nobody in from here" in seen.fault


async def test_a_key_that_does_not_count_is_a_fault_of_the_app() -> None:
    told = "Server failed to authenticate the request."
    with _refusing("AuthenticationFailed", told) as connection:
        seen = await _seen(connection)
    assert seen.is_known
    assert "it refuses the key" in seen.fault
