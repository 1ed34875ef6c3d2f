"""How executions are started and followed over a line that fails."""

from __future__ import annotations

import json
import time

import pytest
from tests.answering import Answering, document, ndjson

from funcyard.workspace.api import executions
from funcyard.workspace.api.client import ApiClient
from funcyard.workspace.api.errors import ApiRefusedError, ApiUnreachableError

_RUNNING = {"executionId": "1", "status": "Running"}


def _key(request: bytes) -> bytes:
    return request.partition(b"Idempotency-Key: ")[2].partition(b"\r\n")[0]


def test_one_whose_answer_is_late_is_taken_up_and_not_started_twice() -> None:
    with Answering(None, document(_RUNNING, 202)) as server:
        api = ApiClient(server.url, seconds=0.2)
        assert executions.start(api, "report", {"n": "1"}, wait=True) == _RUNNING
    first, second = server.received
    assert _key(first) == _key(second) != b""
    assert json.loads(second.partition(b"\r\n\r\n")[2]) == {"input": {"n": "1"}}


def test_one_that_nobody_waits_for_is_started_with_the_key_that_was_given() -> None:
    with Answering(document(_RUNNING, 202)) as server:
        executions.start(ApiClient(server.url), "a b", {}, wait=False, key="mine")
    (asked,) = server.received
    assert asked.startswith(b"POST /api/workflows/a%20b/executions HTTP/1.1")
    assert _key(asked) == b"mine"
    assert json.loads(asked.partition(b"\r\n\r\n")[2]) == {"input": {}, "mode": "async"}


def test_a_log_is_followed_from_where_it_was_read_to_until_it_is_over() -> None:
    one, two = {"text": "one"}, {"text": "two"}
    parts = [
        ndjson(one, following=10, over=False),
        ndjson(following=10, over=False),
        ndjson(two, following=20, over=True),
    ]
    with Answering(*parts) as server:
        assert list(executions.follow(ApiClient(server.url), "1")) == [one, two]
    places = [asked.split(b" ")[1] for asked in server.received]
    assert places == [
        b"/api/executions/1/logs?after=0",
        b"/api/executions/1/logs?after=10",
        b"/api/executions/1/logs?after=10",
    ]


def test_a_platform_that_is_away_for_a_moment_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    busy = document({"error": "StorageUnavailable", "message": "later"}, 503)
    gateway = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
    one, two = {"text": "one"}, {"text": "two"}
    parts = [ndjson(one, following=10, over=False), b"", busy, gateway]
    with Answering(*parts, ndjson(two, following=20, over=True)) as server:
        assert list(executions.follow(ApiClient(server.url), "1")) == [one, two]
    refused = document({"error": "ExecutionNotFound", "message": "gone"}, 404)
    with Answering(refused) as server, pytest.raises(ApiRefusedError):
        next(executions.follow(ApiClient(server.url), "1"))
    assert len(server.received) == 1


@pytest.mark.parametrize("key", ["a b", "a\nb", "ü", "x" * 201])
def test_what_can_be_no_idempotency_key_is_bad_usage(key: str) -> None:
    with pytest.raises(executions.IdempotencyKeyError) as told:
        executions.start(ApiClient("http://127.0.0.1:1/api"), "a", {}, wait=True, key=key)
    assert told.value.exit_code == 2


def test_a_platform_that_stays_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with Answering(ndjson({"text": "one"}, following=10, over=False), b"") as server:
        entries = executions.follow(ApiClient(server.url), "1")
        assert next(entries) == {"text": "one"}
        with pytest.raises(ApiUnreachableError):
            next(entries)


@pytest.mark.parametrize("answer", [document([]), document("x"), b"HTTP/1.1 200 OK\r\n\r\nx\n"])
def test_what_is_no_log_is_told_so(answer: bytes) -> None:
    with Answering(answer) as server, pytest.raises(ApiUnreachableError, match="no log"):
        executions.log(ApiClient(server.url), "1")
