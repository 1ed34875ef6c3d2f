"""Git repositories served over smart HTTP as GitHub serves them: `git http-backend` and a token.

A ``GitServer`` is a small threaded HTTP server on the loopback in front of the real
``git http-backend``. It asks for the token (``x-access-token:TOKEN`` by Basic), fetches and pushes
work, and a ``Fault`` makes it as bad a server as a test needs. Nothing here needs pytest.
"""

from __future__ import annotations

import base64
import contextlib
import http.server
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from tests.integration.workspace.git_repository import ServedRepository

TOKEN: Final = "ghp_0123456789abcdefghijABCDEFGHIJ"  # noqa: S105 - opens only what is served here
_CHUNK = 16 * 1024


@dataclass(frozen=True)
class Fault:
    """What the server does wrong.

    Attributes:
        status: It answers every call with this status.
        says: The body of that answer.
        location: The ``Location`` of that answer, before the path that was asked for.
        torn_after: It breaks the connection after so many bytes of a body.
        drip: It sends so many bytes of a body at a time, twenty times a second, for as long as
            this is the server's fault.
        stall_after: It sends nothing more after so many bytes, until it is closed.
        on: Only calls whose path ends so are hit.
    """

    status: int | None = None
    says: bytes = b""
    location: str | None = None
    torn_after: int | None = None
    drip: int | None = None
    stall_after: int | None = None
    on: str = ""


@dataclass(frozen=True)
class Request:
    """A call that arrived.

    Attributes:
        method: ``GET`` or ``POST``.
        path: With its query.
        authorization: The header as it came, None without.
    """

    method: str
    path: str
    authorization: str | None


class GitServer:
    """Serves every repository that was made by it until it is closed.

    Attributes:
        root: Folder of the repositories.
        token: Who has it may read and push; None lets everybody.
        fault: What it does wrong from now on.
        hides_commits: It refuses commits that no branch or tag points to, as a server does that
            speaks Git's first protocol and has not allowed more.
        requests: What arrived, in order.
    """

    def __init__(
        self, root: Path, *, token: str | None = TOKEN, tls: ssl.SSLContext | None = None
    ) -> None:
        self.root = root
        self.token = token
        self.fault: Fault | None = None
        self.hides_commits = False
        self.requests: list[Request] = []
        self.closing = threading.Event()
        root.mkdir(parents=True, exist_ok=True)
        self._server = _Server(self)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "http" if tls is None else "https"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    @property
    def address(self) -> str:
        """Its URL, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    def url(self, name: str) -> str:
        """Return the URL of a repository."""
        return f"{self.address}/{name}.git"

    def push_url(self, name: str) -> str:
        """Return the URL of a repository with the token in it, for a ``git push`` in a test."""
        return self.url(name).replace("://", f"://x-access-token:{self.token}@")

    def create(self, name: str) -> ServedRepository:
        """Make an empty repository that is served from now on."""
        return ServedRepository.create(self.root / f"{name}.git")

    def close(self) -> None:
        """End it, and every call that it stalls."""
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def admits(self, authorization: str | None) -> bool:
        """Tell whether the header carries the token."""
        if self.token is None:
            return True
        scheme, _, value = (authorization or "").partition(" ")
        expected = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        return scheme.lower() == "basic" and value == expected


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, owner: GitServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """End a connection; TLS has a word for it, and a client takes silence for an attack."""
        if isinstance(request, ssl.SSLSocket):
            with contextlib.suppress(OSError):
                request.unwrap()
        super().shutdown_request(request)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that was killed leaves its connection torn."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _answer(self) -> None:
        owner = self.server.owner
        authorization = self.headers.get("Authorization")
        owner.requests.append(Request(self.command, self.path, authorization))
        path, _, query = self.path.partition("?")
        fault = owner.fault if owner.fault and path.endswith(owner.fault.on) else None
        self.close_connection = True
        if fault is not None and fault.status is not None:
            location = fault.location and fault.location + self.path
            self._refuse(fault.status, fault.says, location=location)
        elif not owner.admits(authorization):
            self._refuse(401, b"Invalid username or token.\n")
        elif not (owner.root / path.lstrip("/").partition(".git/")[0]).with_suffix(".git").is_dir():
            self._refuse(404, b"Repository not found.\n")
        else:
            self._serve(path, query, fault)

    def _refuse(self, status: int, says: bytes, *, location: str | None = None) -> None:
        self.send_response(status)
        if status == http.HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
        if location is not None:
            self.send_header("Location", location)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(says)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(says)

    def _serve(self, path: str, query: str, fault: Fault | None) -> None:
        body = b"".join(self._body())
        with subprocess.Popen(
            ["git", "http-backend"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self._environment(path, query, len(body)),
        ) as backend:
            assert backend.stdin is not None
            assert backend.stdout is not None
            # The backend reads the whole request before it answers more than its headers.
            threading.Thread(target=_feed, args=(backend.stdin, body), daemon=True).start()
            try:
                self._relay(backend.stdout, fault)
            finally:
                backend.kill()

    def _environment(self, path: str, query: str, length: int) -> dict[str, str]:
        owner = self.server.owner
        protocol = None if owner.hides_commits else self.headers.get("Git-Protocol")
        given = {
            "CONTENT_LENGTH": str(length),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_PROJECT_ROOT": str(owner.root),
            "PATH": os.environ.get("PATH", os.defpath),
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_USER": "x-access-token",
            "REQUEST_METHOD": self.command,
        }
        if encoding := self.headers.get("Content-Encoding"):
            given["HTTP_CONTENT_ENCODING"] = encoding
        if protocol:
            given["GIT_PROTOCOL"] = protocol
        return given

    def _body(self) -> Iterator[bytes]:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                yield self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            yield self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _relay(self, backend: IO[bytes], fault: Fault | None) -> None:
        status, headers = 200, []
        while line := backend.readline().strip():
            name, _, value = line.decode().partition(":")
            if name.lower() == "status":
                status = int(value.split()[0])
            else:
                headers.append((name, value.strip()))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        sent = 0
        while chunk := backend.read1((fault and fault.drip) or _CHUNK):  # type: ignore[attr-defined]
            sent += self._send(chunk, sent, fault or Fault())

    def _send(self, chunk: bytes, sent: int, fault: Fault) -> int:
        for limit in (fault.torn_after, fault.stall_after):
            if limit is not None and sent + len(chunk) > limit:
                self.wfile.write(chunk[: limit - sent])
                if limit == fault.stall_after:
                    self.server.owner.closing.wait()
                raise ConnectionAbortedError
        self.wfile.write(chunk)
        if fault.drip is not None and self.server.owner.fault is fault:
            time.sleep(0.05)
        return len(chunk)


def _feed(pipe: IO[bytes], body: bytes) -> None:
    # The backend may end without reading all; whoever waited for it closes the pipe then.
    with contextlib.suppress(OSError, ValueError):
        pipe.write(body)
        pipe.close()
