"""What calls a platform: addresses and tokens that cannot be meant, and answers that are none."""

from __future__ import annotations

import json
import socket

import pytest
from tests.answering import Answering, document

from funcyard.errors import UNREACHABLE
from funcyard.workspace.api.client import ApiClient
from funcyard.workspace.api.errors import (
    ApiAddressError,
    ApiArgumentsError,
    ApiRefusedError,
    ApiTimeoutError,
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
    with Answering(document({"fine": True})) as server:
        api = ApiClient(server.url, "secret", Scope("acme"))
        assert api.call("POST", "/x", {"a": 1}) == {"fine": True}
    head, _, body = server.received[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /api/x HTTP/1.1")
    assert b"Authorization: Bearer secret" in head
    assert b"X-Organization-Id: acme" in head
    assert json.loads(body) == {"a": 1}


def test_a_redirect_is_not_followed_so_the_token_stays_here() -> None:
    with Answering(document({})) as elsewhere:
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
        b"HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + b"[" * 200000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
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


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_host_or_a_gateway_that_answers_in_its_place_is_told_apart(status: int) -> None:
    page = f"HTTP/1.1 {status} No\r\nContent-Length: 6\r\n\r\n<html>".encode()
    not_ready = pytest.raises(ApiUnreachableError, match="not ready")
    with Answering(page) as server, not_ready as told:
        ApiClient(server.url).call("GET", "/x")
    assert told.value.exit_code == UNREACHABLE


def test_a_platform_that_goes_away_is_told_as_such() -> None:
    with Answering(b"") as server, pytest.raises(ApiUnreachableError, match="does not answer"):
        ApiClient(server.url).call("GET", "/x")


def test_what_the_platform_cannot_make_sense_of_is_bad_usage_and_else_a_refusal() -> None:
    meant = {"error": "BadRequest", "message": "that is no branch", "details": {"hint": "h"}}
    with Answering(document(meant, 400)) as server, pytest.raises(ApiArgumentsError) as bad:
        ApiClient(server.url).call("POST", "/x")
    assert (bad.value.message, bad.value.hint, bad.value.exit_code) == ("that is no branch", "h", 2)

    for name in ("InvalidPath", "InvalidParameters", "InvalidQuery"):
        path = {"error": name, "message": "no"}
        with Answering(document(path, 400)) as server, pytest.raises(ApiArgumentsError):
            ApiClient(server.url).call("GET", "/x")

    closed = {"error": "RepositoryNotAccessible", "message": "no"}
    with Answering(document(closed, 400)) as server, pytest.raises(ApiRefusedError) as refused:
        ApiClient(server.url).call("POST", "/x")
    assert (refused.value.name, refused.value.status, refused.value.exit_code) == (
        "RepositoryNotAccessible", 400, 3,
    )  # fmt: skip


def test_whoever_is_not_known_is_told_where_the_token_belongs() -> None:
    unknown = {"error": "Unauthorized", "message": "who are you"}
    with Answering(document(unknown, 401)) as server, pytest.raises(ApiRefusedError) as told:
        ApiClient(server.url).call("GET", "/x")
    assert "FUNCYARD_TOKEN" in (told.value.hint or "")


def test_what_a_platform_says_moves_no_cursor() -> None:
    said = {"error": "x", "message": "a\x1b[2Jb", "details": {"hint": "\u202ec"}}
    with Answering(document(said, 409)) as server, pytest.raises(ApiRefusedError) as told:
        ApiClient(server.url).call("GET", "/x")
    assert (told.value.message, told.value.hint) == ("a\\x1b[2Jb", "\\u202ec")


def test_one_that_takes_too_long_is_told_apart_from_one_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/api"
        with pytest.raises(ApiTimeoutError, match=r"within 0\.1 seconds") as told:
            ApiClient(url, seconds=0.1).call("GET", "/x")
    assert told.value.exit_code == UNREACHABLE


def test_a_query_is_encoded_and_what_is_empty_is_left_out() -> None:
    with Answering(document({})) as server:
        ApiClient(server.url).call("GET", "/x", query={"q": "a b&c=ä", "path": ""})
    assert server.received[0].startswith(b"GET /api/x?q=a+b%26c%3D%C3%A4 HTTP/1.1")


def test_what_goes_wrong_with_what_is_read_is_no_fault_of_the_platform() -> None:
    api_fails = pytest.raises(OSError, match="the disk is full")
    with Answering(document({})) as server, api_fails:
        _fill_the_disk(ApiClient(server.url))


def _fill_the_disk(api: ApiClient) -> None:
    with api.opened("GET", "/x") as answer:
        for _ in answer.pieces():
            raise OSError("the disk is full")
