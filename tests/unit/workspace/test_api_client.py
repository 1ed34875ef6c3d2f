"""What calls a platform: addresses and tokens that cannot be meant, and answers that are none."""

from __future__ import annotations

import json
from http.client import responses

import pytest
from tests.answering import Answering

from funcyard.errors import UNREACHABLE
from funcyard.workspace.api_client import (
    ApiAddressError,
    ApiArgumentsError,
    ApiClient,
    ApiRefusedError,
    ApiTokenError,
    ApiUnreachableError,
)
from funcyard.workspace.scopes import Scope


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api",
        "ftp://host/api",
        "http://",
        "http://[",
        "http://user:word@host/api",
        "http://host:99999/api",
        "http://host:0/api",
        "http://host:port/api",
        "http://host/api?x=1",
        "http://host/api#x",
        "http://host/ api",
        "http://ho st/api",
        "http://host/\napi",
        "http://host/ä",
        "http://hööst/api",
    ],
)
def test_what_cannot_be_an_address_is_bad_usage(address: str) -> None:
    with pytest.raises(ApiAddressError) as told:
        ApiClient(address)
    assert told.value.exit_code == 2


@pytest.mark.parametrize("token", ["a b", "a\nb", "ä", "€", "\x00"])
def test_what_cannot_be_a_token_is_bad_usage_and_is_not_shown(token: str) -> None:
    with pytest.raises(ApiTokenError) as told:
        ApiClient("https://host/api", token)
    assert token not in told.value.message
    assert told.value.exit_code == 2


def test_a_token_is_sent_in_the_clear_to_this_machine_only() -> None:
    assert ApiClient("http://127.0.0.1/api", "t").url == "http://127.0.0.1/api"
    for address in ("http://host/api", "HTTP://host/api"):
        with pytest.raises(ApiAddressError, match="https only"):
            ApiClient(address, "t")


def test_caller_and_scope_are_told_and_the_answer_is_returned() -> None:
    with Answering(_answer(200, {"fine": True})) as server:
        api = ApiClient(server.url, "secret", Scope("acme"))
        assert api.call("POST", "/x", {"a": 1}) == {"fine": True}
    head, _, body = server.received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/x HTTP/1.1")
    assert b"Authorization: Bearer secret" in head
    assert b"X-Organization-Id: acme" in head
    assert json.loads(body) == {"a": 1}


def test_a_redirect_is_not_followed_so_the_token_stays_here() -> None:
    with Answering(_answer(200, {})) as elsewhere:
        sent_on = f"HTTP/1.1 302 Found\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n"
        with Answering(sent_on.encode()) as server, pytest.raises(ApiUnreachableError) as told:
            ApiClient(server.url, "secret").call("GET", "/x")
    assert elsewhere.url in told.value.message
    assert elsewhere.received == []


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 90\r\n\r\n{",
    ],
)
def test_what_is_no_platform_is_told_so(answer: bytes) -> None:
    with Answering(answer) as server, pytest.raises(ApiUnreachableError) as told:
        ApiClient(server.url).call("GET", "/x")
    assert told.value.exit_code == UNREACHABLE
    assert told.value.hint


def test_a_platform_that_goes_away_is_told_as_such() -> None:
    with Answering(b"") as server, pytest.raises(ApiUnreachableError, match="does not answer"):
        ApiClient(server.url).call("GET", "/x")


def test_what_the_platform_cannot_make_sense_of_is_bad_usage_and_else_a_refusal() -> None:
    meant = {"error": "BadRequest", "message": "that is no branch", "details": {"hint": "h"}}
    with Answering(_answer(400, meant)) as server, pytest.raises(ApiArgumentsError) as bad:
        ApiClient(server.url).call("POST", "/x")
    assert (bad.value.message, bad.value.hint, bad.value.exit_code) == ("that is no branch", "h", 2)

    closed = {"error": "RepositoryNotAccessible", "message": "no"}
    with Answering(_answer(400, closed)) as server, pytest.raises(ApiRefusedError) as refused:
        ApiClient(server.url).call("POST", "/x")
    assert (refused.value.name, refused.value.status, refused.value.exit_code) == (
        "RepositoryNotAccessible", 400, 3,
    )  # fmt: skip


def _answer(status: int, body: object) -> bytes:
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} {responses[status]}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content
