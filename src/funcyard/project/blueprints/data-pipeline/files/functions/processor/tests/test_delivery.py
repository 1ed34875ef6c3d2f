"""How the loader is called, against a real HTTP server."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from data_utils.errors import SettingError
from delivery import ATTEMPTS, DeliveryError, deliver


class Loader(HTTPServer):
    """Answers with the given statuses, one after the other, and remembers what it was asked."""

    answers: list[tuple[int, bytes]]
    asked: list[str]


class Handler(BaseHTTPRequestHandler):
    """One call."""

    server: Loader

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(f"{self.path} {json.loads(body)['filename']}")
        status, answer = self.server.answers.pop(0)
        self.send_response(status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loader]:
    with Loader(("127.0.0.1", 0), Handler) as server:
        server.answers, server.asked = [], []
        monkeypatch.setenv("LOADER_URL", f"http://127.0.0.1:{server.server_port}/")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_answer_of_the_loader_is_returned(loader: Loader) -> None:
    loader.answers = [(200, b'{"status": "loaded"}')]
    answer = deliver("a.csv")
    assert (answer.body, answer.attempts) == ({"status": "loaded"}, 1)
    assert loader.asked == ["/api/load a.csv"]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_loader_in_trouble_is_called_again_after_ever_longer_waits(
    loader: Loader, status: int
) -> None:
    loader.answers = [(status, b"")] * 3 + [(200, b"{}")]
    waits: list[float] = []
    assert deliver("a.csv", sleep=waits.append).attempts == 4
    for wait, longest in zip(waits, (0.5, 1, 2), strict=True):
        assert longest / 2 <= wait <= longest


def test_loader_that_never_recovers_is_given_up(loader: Loader) -> None:
    loader.answers = [(503, b"busy")] * ATTEMPTS
    with pytest.raises(DeliveryError, match="in 5 attempts: 503 busy"):
        deliver("a.csv", sleep=lambda _: None)
    assert loader.answers == []


def test_refusal_is_not_repeated(loader: Loader) -> None:
    loader.answers = [(422, b"wrong rows")]
    with pytest.raises(DeliveryError, match=r"refused 'a\.csv': 422 wrong rows"):
        deliver("a.csv")


@pytest.mark.parametrize("answer", [b"[]", b"<html>"])
def test_answer_that_is_no_json_object_is_no_success(loader: Loader, answer: bytes) -> None:
    loader.answers = [(200, answer)] * ATTEMPTS
    with pytest.raises(DeliveryError):
        deliver("a.csv", sleep=lambda _: None)


def test_nobody_at_the_address_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOADER_URL", "http://127.0.0.1:1")
    waits: list[float] = []
    with pytest.raises(DeliveryError, match="refused"):
        deliver("a.csv", sleep=waits.append)
    assert len(waits) == ATTEMPTS - 1


@pytest.mark.parametrize("url", ["", "loader:80", "file:///etc/passwd"])
def test_wrong_address_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOADER_URL", url)
    with pytest.raises(SettingError, match="LOADER_URL"):
        deliver("a.csv")
