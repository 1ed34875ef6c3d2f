"""A small registry that tells its manifests to who has a token, as public ones and Azure's do."""

from __future__ import annotations

import contextlib
import hashlib
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def manifest(content: str) -> bytes:
    """An image's manifest; another content makes another one."""
    config = {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 2}
    config["digest"] = digest_of(content.encode())
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": []}
    return json.dumps(document).encode()


def index(*parts: bytes) -> bytes:
    """An index of the images of several platforms."""
    listed = [
        {"mediaType": MANIFEST, "digest": digest_of(part), "size": len(part)} for part in parts
    ]
    return json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}).encode()


def digest_of(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@dataclass
class Registry:
    """The registry.

    Attributes:
        name: How images of it are called: host and port.
        asked: What was asked for, in order of arrival.
        public: Whether it gives tokens to anybody.
        tells_digest: Whether its answers have Docker-Content-Digest.
        busy: What requests are answered in their order, status and headers; None for the answer
            that there is, as of those after.
    """

    name: str = ""
    asked: list[str] = field(default_factory=list)
    public: bool = True
    tells_digest: bool = True
    busy: list[tuple[int, dict[str, str]] | None] = field(default_factory=list)
    _held: dict[str, bytes] = field(default_factory=dict)

    def push(self, image: str, body: bytes) -> str:
        """Keep a manifest under ``repository:tag`` and under its digest, which is returned."""
        repository, _, tag = image.partition(":")
        digest = digest_of(body)
        for name in (tag, digest):
            self._held[f"/v2/{repository}/manifests/{name}"] = body
        return digest

    def body_at(self, path: str) -> bytes | None:
        return self._held.get(path)


class _Server(ThreadingHTTPServer):
    """Answers with what a registry holds."""

    def __init__(self, served: Registry, scheme: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.served = served
        self.scheme = scheme


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        served = self.server.served
        if self._is_busy():
            return
        if self.path.startswith("/token?"):
            status = 200 if served.public else 401
            self._send(status, json.dumps({"token": "anybody's"}).encode())
        elif self.headers.get("authorization") != "Bearer anybody's":
            challenge = (
                f'Bearer realm="{self.server.scheme}://{served.name}/token",service="registry",'
                'scope="repository:team/api:pull"'
            )
            self._send(401, b"{}", **{"www-authenticate": challenge})
        elif (body := served.body_at(self.path)) is None:
            self._send(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')
        else:
            told = {"docker-content-digest": digest_of(body)} if served.tells_digest else {}
            self._send(200, body, **{"content-type": MANIFEST, **told})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        tokens = {
            "/oauth2/exchange": {"refresh_token": "refreshing"},
            "/oauth2/token": {"access_token": "anybody's"},
        }
        if not self._is_busy():
            self._send(200, json.dumps(tokens[self.path]).encode())

    def _is_busy(self) -> bool:
        served = self.server.served
        served.asked.append(self.path)
        busy = served.busy.pop(0) if served.busy else None
        if busy is not None:
            self._send(busy[0], b"", **busy[1])
        return busy is not None

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        del format, args


@contextlib.contextmanager
def registry(certificate: Path | None = None) -> Iterator[Registry]:
    """Serve until the block is left, over HTTPS where a certificate of localhost is given."""
    served = Registry()
    server = _Server(served, "http" if certificate is None else "https")
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    served.name = f"localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
