"""Serves one function app for the tests: the least of a host, in the app's own interpreter.

It imports the app's ``function_app``, serves its HTTP functions at ``/api/…``, and lets the test
play the triggers: ``POST /invoke/split_file`` with the body of a message, and
``POST /invoke/process_chunk?container/name`` for a blob. Queue outputs are kept until
``POST /outputs`` takes them. The first line it prints is its port.

Environment: ``FIRST_WAIT`` shortens the waits between deliveries; ``DIE_BEFORE_DELETE=container``
ends the process, as ``kill -9`` would, in the place of the next delete of a blob there.
"""

# mypy: disable-error-code="import-untyped,misc,method-assign,assignment,attr-defined"

from __future__ import annotations

import importlib
import json
import os
import re
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import azure.functions as func
from azure.storage.blob import BlobClient

if TYPE_CHECKING:
    from collections.abc import Callable

sys.path.insert(0, str(Path.cwd()))
OUTPUTS: list[str] = []


class Captured(func.Out[str]):
    """A queue output: what was set is the message."""

    def set(self, val: str) -> None:
        OUTPUTS.append(val)

    def get(self) -> str:
        return OUTPUTS[-1]


def functions() -> dict[str, tuple[Callable[..., Any], Any, list[str]]]:
    """Return user function, trigger and other bindings of each function, by name."""
    app = importlib.import_module("function_app").app
    return {
        function.get_function_name(): (
            function.get_user_function(),
            function.get_trigger(),
            [b.name for b in function.get_bindings() if b.type == "queue"],
        )
        for function in app.get_functions()
    }


FUNCTIONS = functions()


class Handler(BaseHTTPRequestHandler):
    """One request: an HTTP function, a trigger played by the test, or the outputs."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Serve an HTTP function."""
        self.serve()

    def do_POST(self) -> None:
        """Serve an HTTP function or a request of the test."""
        self.serve()

    def serve(self) -> None:
        """Answer, a fault as 500 with its text."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            status, answer = self.answer(body)
        except Exception as fault:  # noqa: BLE001 - a host answers whatever a function raises
            traceback.print_exc()
            status, answer = 500, f"{type(fault).__name__}: {fault}".encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def answer(self, body: bytes) -> tuple[int, bytes]:
        """Return status and body."""
        url = urlsplit(self.path)
        if url.path == "/outputs":
            taken, OUTPUTS[:] = list(OUTPUTS), []
            return 200, json.dumps(taken).encode()
        if url.path.startswith("/invoke/"):
            function, trigger, _ = FUNCTIONS[url.path.removeprefix("/invoke/")]
            if trigger.type == "queueTrigger":
                function(**{trigger.name: func.QueueMessage(id="1", body=body)})
            else:
                name = unquote(url.query)
                function(**{trigger.name: func.blob.InputStream(data=b"", name=name)})
            return 200, b""
        return self.http(url.path, body)

    def http(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Call the HTTP function that the route and the method name."""
        for function, trigger, outputs in FUNCTIONS.values():
            if trigger.type != "httpTrigger":
                continue
            route = re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", f"/api/{trigger.route}")
            match = re.fullmatch(route, path)
            if match and self.command in {method.value for method in trigger.methods}:
                request = func.HttpRequest(
                    method=self.command,
                    url=f"http://{self.headers['Host']}{self.path}",
                    headers=dict(self.headers),
                    route_params={key: unquote(value) for key, value in match.groupdict().items()},
                    body=body,
                )
                bound = {trigger.name: request} | {name: Captured() for name in outputs}
                response = function(**bound)
                return response.status_code, response.get_body()
        return 404, b"no such route"

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def die_instead_of_deleting(container: str) -> None:
    """End the process in the place of the next delete in a container."""
    really_delete = BlobClient.delete_blob

    def delete_blob(self: BlobClient, **options: Any) -> None:  # noqa: ANN401 - passed on
        if self.container_name == container:
            os._exit(9)
        really_delete(self, **options)

    BlobClient.delete_blob = delete_blob


if __name__ == "__main__":
    if "FIRST_WAIT" in os.environ and "delivery" in sys.modules:
        sys.modules["delivery"].FIRST_WAIT = float(os.environ["FIRST_WAIT"])
    if "DIE_BEFORE_DELETE" in os.environ:
        die_instead_of_deleting(os.environ["DIE_BEFORE_DELETE"])
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "0"))), Handler)
    print(server.server_port, flush=True)  # noqa: T201 - how the test learns it
    server.serve_forever()
