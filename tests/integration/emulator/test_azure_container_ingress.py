"""What the address of a container app passes on, and how it comes back."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator

import pytest
from tests.integration.emulator.containerapps import (
    app,
    environment,
    path,
    revision_until,
    running,
    until,
)
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

_GROUP = "container-ingress"
_PATIENCE = 20
_ECHO = """
import http.server, json, os, signal, threading
gone = threading.Event()
class App(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        size = self.headers["content-length"]
        body = b"" if size is None else self.rfile.read(int(size))
        while size is None and (length := int(self.rfile.readline(), 16)):
            body += self.rfile.read(length)
            self.rfile.readline()
        if size is None:
            self.rfile.readline()
        told = {
            "path": self.path,
            "headers": self.headers.items(),
            "length": len(body),
            "sum": sum(body),
        }
        self.answer(200, json.dumps(told).encode())
    def do_GET(self):
        if self.path == "/empty":
            self.answer(204, b"")
        elif self.path == "/same":
            self.send_response(304)
            self.send_header("etag", "x")
            self.send_header("content-length", "10")
            self.end_headers()
        elif self.path == "/moved":
            self.send_response(302)
            self.send_header("location", "/else")
            self.send_header("set-cookie", "a=1")
            self.send_header("set-cookie", "b=2")
            self.send_header("content-length", "0")
            self.end_headers()
        elif self.path == "/pieces":
            self.send_response(200)
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            for number in range(3):
                self.wfile.write(b"2\\r\\n%d;\\r\\n" % number)
            self.wfile.write(b"0\\r\\n\\r\\n")
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("content-length", "100")
            self.end_headers()
            self.wfile.write(b"short")
            self.close_connection = True
        elif self.path == "/rude":
            self.close_connection = True
        elif self.path == "/long":
            self.connection.settimeout(20)
            if not self.connection.recv(1):
                gone.set()
        elif self.path == "/gone":
            self.answer(200, str(gone.is_set()).encode())
        else:
            self.answer(200, b"x" * 10)
    def do_HEAD(self):
        self.send_response(200)
        self.send_header("content-length", "10")
        self.end_headers()
    def answer(self, status, body):
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *told):
        pass
signal.signal(signal.SIGTERM, lambda *told: os._exit(0))
http.server.ThreadingHTTPServer((os.environ["HOST"], 20080), App).serve_forever()
"""


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    group(apps_azure, _GROUP)
    return apps_azure


@pytest.fixture(scope="module")
def host(azure: LocalAzure) -> str:
    env = environment(azure, _GROUP, "shared")
    where = path(_GROUP, "containerApps", "echo")
    template = {"containers": [running(_ECHO)], "revisionSuffix": "one"}
    made = app(azure, where, env, template, ingress={"external": True, "targetPort": 80})
    revision_until(azure, where, "one", "Running")
    return str(made["properties"]["configuration"]["ingress"]["fqdn"])


@pytest.fixture
def connection(azure: LocalAzure, host: str) -> Iterator[http.client.HTTPSConnection]:
    trust = ssl.create_default_context(cafile=azure.ca)
    made = http.client.HTTPSConnection(host, timeout=_PATIENCE, context=trust)
    yield made
    made.close()


def _get(connection: http.client.HTTPSConnection, where: str) -> http.client.HTTPResponse:
    connection.request("GET", where)
    return connection.getresponse()


def test_a_request_comes_whole_and_says_where_it_is_from(
    connection: http.client.HTTPSConnection, host: str
) -> None:
    body = bytes(range(256)) * 8192
    connection.request(
        "POST", "/a%2Fb/c?x=%20&y", body, {"x-own": "1", "x-forwarded-for": "nobody"}
    )
    told = json.loads(connection.getresponse().read())
    assert told["path"] == "/a%2Fb/c?x=%20&y"
    assert (told["length"], told["sum"]) == (len(body), sum(body))
    headers = {name.lower(): value for name, value in told["headers"]}
    assert headers["x-own"] == "1"
    assert headers["host"] == host
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "https"
    assert "user-agent" not in headers


def test_a_body_of_unknown_length_comes_whole(connection: http.client.HTTPSConnection) -> None:
    pieces = (b"piece" * 1000 for _ in range(20))
    connection.request("POST", "/", pieces, encode_chunked=True)
    told = json.loads(connection.getresponse().read())
    assert told["length"] == 100_000


def test_answers_come_back_as_they_are(connection: http.client.HTTPSConnection) -> None:
    empty = _get(connection, "/empty")
    assert (empty.status, empty.read()) == (204, b"")
    same = _get(connection, "/same")
    assert (same.status, same.headers["etag"], same.read()) == (304, "x", b"")
    moved = _get(connection, "/moved")
    assert (moved.status, moved.headers["location"], moved.read()) == (302, "/else", b"")
    assert moved.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert _get(connection, "/pieces").read() == b"0;1;2;"
    connection.request("HEAD", "/")
    head = connection.getresponse()
    assert (head.status, head.headers["content-length"], head.read()) == (200, "10", b"")
    assert _get(connection, "/").read() == b"x" * 10


def test_an_answer_that_is_cut_short_is_seen_to_be(
    connection: http.client.HTTPSConnection,
) -> None:
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        _get(connection, "/cut").read()
    connection.close()
    rude = _get(connection, "/rude")
    assert rude.status == 503
    assert rude.read().startswith(b"upstream connect error or disconnect/reset before headers")


def test_a_client_that_leaves_is_waited_for_no_longer(
    azure: LocalAzure, host: str, connection: http.client.HTTPSConnection
) -> None:
    name, port = host.split(":")
    trust = ssl.create_default_context(cafile=azure.ca)
    with (
        socket.create_connection((name, int(port))) as plain,
        trust.wrap_socket(plain, server_hostname=name) as leaving,
    ):
        leaving.sendall(f"GET /long HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert _get(connection, "/").read()
    until(lambda: _get(connection, "/gone").read(), lambda told: told == b"True")
