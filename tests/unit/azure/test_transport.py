"""How requests to an Azure with certificates of its own travel."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme
from azure.core.pipeline.transport import HttpRequest

from funcyard.azure.cloud import CloudError, local


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        assert isinstance(self.server, _Server)
        self.server.connections += 1

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        del format, args


class _Server(ThreadingHTTPServer):
    connections = 0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[_Server]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with _Server(("127.0.0.1", 0), _Answer) as serving:
        serving.socket = context.wrap_socket(serving.socket, server_side=True)
        thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


async def test_requests_to_a_local_azure_share_a_connection(
    server: _Server, tmp_path: Path
) -> None:
    url = f"https://localhost:{server.server_port}"
    async with local(url, tmp_path / "ca.pem").transport(url) as transport:
        answers = [await transport.send(HttpRequest("GET", url)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [204] * 3
    assert server.connections == 1


async def test_certificates_are_read_by_who_asks(tmp_path: Path) -> None:
    url = "https://localhost:1"
    async with local(url, tmp_path / "none.pem").transport(url) as transport:
        with pytest.raises(CloudError, match="certificates"):
            await transport.send(HttpRequest("GET", url))
