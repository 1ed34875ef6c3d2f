"""A small HTTP server that answers what a test recorded, for what is deployed."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

RUNNING = {
    "id": "b426953b0e0b0b20796916eeb6f183a3",
    "state": "Running",
    "version": "4.1046.100.25616",
    "versionDetails": "4.1046.100+c9b95f32abaeb2f441c42464c43ce959e6afc9d8",
    "platformVersion": "",
    "instanceId": "1--88abb24d-680f-4920-867c-5c3c9b686fcd",
    "computerName": "",
    "processUptime": 857491,
    "functionAppContentEditingState": "NotAllowed",
    "extensionBundle": {
        "id": "Microsoft.Azure.Functions.ExtensionBundle",
        "version": "4.31.0",
    },
}
"""What host 4.1046 answers, as Core Tools print it after a deployment."""

STOPPED_APP = (
    "<!doctype html><html><head><title>Azure Container App - Unavailable</title></head>"
    '<body><h1 id="unavailable">Error 404 - This Container App is stopped or does not exist.</h1>'
    "</body></html>"
)
"""What the ingress of Container Apps answers for an app that it does not know."""


@dataclass
class Reply:
    """An answer."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """The server.

    Attributes:
        url: Where it listens.
        asked: Each request's path and key, in order of arrival.
    """

    url: str
    asked: list[tuple[str, str | None]] = field(default_factory=list)


def function(name: str) -> dict[str, object]:
    """A function as the host lists it (FunctionMetadataResponse)."""
    return {
        "name": name,
        "script_root_path_href": f"https://app.example/admin/vfs/home/site/wwwroot/{name}/",
        "script_href": "https://app.example/admin/vfs/home/site/wwwroot/function_app.py",
        "config_href": None,
        "test_data_href": None,
        "href": f"https://app.example/admin/functions/{name}",
        "invoke_url_template": None,
        "language": "python",
        "config": {"bindings": []},
        "files": None,
        "test_data": "",
        "isDisabled": False,
        "isDirect": True,
        "isProxy": False,
    }


def host(*names: str, **status: object) -> dict[str, Reply]:
    """The replies of a running host that serves functions of these names."""
    return {
        "/": Reply(200, "<html><title>Your Functions 4.0 app is up and running</title></html>"),
        "/admin/host/status": Reply(200, json.dumps({**RUNNING, **status})),
        "/admin/functions": Reply(200, json.dumps([function(name) for name in names])),
    }


@contextlib.contextmanager
def serving(
    replies: Mapping[str, Reply], *, key: str = "", certificate: Path | None = None
) -> Iterator[Site]:
    """Answer requests until the block is left: 404 for other paths, 401 to others than the key."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = self.headers.get("x-functions-key")
            site.asked.append((self.path, sent))
            reply = replies.get(self.path, Reply(404))
            if key and self.path.startswith("/admin/") and sent != key:
                reply = Reply(401)
            body = reply.body.encode()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            fixed = replies.get("date")
            return fixed.body if fixed else super().date_time_string(timestamp)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        site.url = f"https://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
