"""JSON sent over HTTP, to a server that fails as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import aiohttp
import pytest

from funcyard.twin.providers.azure.azure_functions.shared.faults import (
    RETRIED,
    RefusedError,
    UpstreamError,
)
from funcyard.twin.providers.azure.azure_functions.shared.sending import PAUSES, Sender
from funcyard.twin.providers.azure.azure_functions.shared.tracing import HEADER, begin


class Receiver:
    """Answers with one status after the other, and keeps what it was sent."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.sent: list[tuple[str, object]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                receiver.sent.append((self.headers[HEADER], body))
                self.send_response(receiver.statuses.pop(0))
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", "8")
                self.end_headers()
                self.wfile.write(b'{"a": 1}')

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/x?code=secret"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


class Sending:
    """A sender whose pauses pass at once."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.pauses: list[float] = []
        self.sender = Sender(session, self._pause)

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
async def sending() -> AsyncIterator[Sending]:
    async with aiohttp.ClientSession() as session:
        yield Sending(session)


async def test_what_is_sent_arrives_with_its_trace(receiver: Receiver, sending: Sending) -> None:
    begin("trace-1")
    receiver.statuses = [200]

    told = await sending.sender.post("it", receiver.url, {"b": 2})

    assert (told.status, told.body) == (200, {"a": 1})
    assert receiver.sent == [("trace-1", {"b": 2})]


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_a_receiver_that_fails_is_asked_again(
    receiver: Receiver, sending: Sending, status: int
) -> None:
    receiver.statuses = [status, status, 200]

    assert (await sending.sender.post("it", receiver.url, {})).status == 200
    assert sending.pauses == [1, 2]


async def test_a_receiver_that_keeps_failing_is_given_up(
    receiver: Receiver, sending: Sending
) -> None:
    receiver.statuses = [503] * 9

    with pytest.raises(UpstreamError) as caught:
        await sending.sender.post("the hub", receiver.url, {})

    assert caught.value.message == "the hub answered 503"
    assert caught.value.was_retried
    assert sending.pauses == list(PAUSES)
    assert len(receiver.sent) == 4


async def test_a_receiver_that_has_tried_again_itself_is_not_asked_again(
    receiver: Receiver, sending: Sending
) -> None:
    receiver.statuses, receiver.headers = [502] * 9, {RETRIED: "1"}

    with pytest.raises(UpstreamError):
        await sending.sender.post("it", receiver.url, {})

    assert len(receiver.sent) == 1


@pytest.mark.parametrize(
    ("status", "is_for_good"), [(400, True), (413, True), (401, False), (404, False), (302, False)]
)
async def test_what_is_refused_is_not_sent_again(
    receiver: Receiver, sending: Sending, status: int, *, is_for_good: bool
) -> None:
    receiver.statuses = [status] * 2

    with pytest.raises(RefusedError) as caught:
        await sending.sender.post("it", receiver.url, {})

    assert len(receiver.sent) == 1
    assert caught.value.is_for_good is is_for_good
    assert "secret" not in str(caught.value)


async def test_an_address_where_nobody_answers_is_tried_again(
    free_port: int, sending: Sending
) -> None:
    with pytest.raises(UpstreamError) as caught:
        await sending.sender.post("it", f"http://127.0.0.1:{free_port}/?code=secret", {})

    assert caught.value.message == "it cannot be reached"
    assert len(sending.pauses) == len(PAUSES)
