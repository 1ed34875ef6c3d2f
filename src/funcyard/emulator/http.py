"""Requests with small bodies and answers in JSON, between ASGI and the services that speak them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, unquote

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    Scope = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LARGEST_BODY: Final = 10 * 1024 * 1024


class GoneError(Exception):
    """The client went away before its request had come."""


class TooLargeError(Exception):
    """The body is larger than any that is meant."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request, whole.

    Attributes:
        method: In capitals.
        path: Decoded.
        query: The last value of each parameter, decoded.
        headers: Names in lower case; of several values the last.
        body: What was sent.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)

    @property
    def host(self) -> str:
        """Return host and port as the client addressed them."""
        return self.headers.get("host", "")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; a body of None is none at all, bytes are sent as they are, all else as JSON."""

    status: int
    body: object = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


async def request_of(scope: Scope, receive: Receive) -> Request:
    """Read a request.

    Raises:
        GoneError: The client went away.
        TooLargeError: Its body is too large.
    """
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1").strip()
        for name, value in scope["headers"]
    }
    query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Request(
        scope["method"],
        unquote(scope["raw_path"].decode("latin-1")),
        dict(query),
        headers,
        await _body(receive),
    )


def quoted(address: str) -> str:
    """Return an address, decoded as a request has it, as headers and links hold it."""
    return quote(address, safe="/?&=:@!$'()*+,;~")


async def send_answer(send: Send, answer: Answer) -> None:
    """Send an answer."""
    is_raw = isinstance(answer.body, bytes)
    body = b"" if answer.body is None else _written(answer.body)
    headers = {"content-length": str(len(body)), **answer.headers}
    if body and not is_raw:
        headers["content-type"] = "application/json; charset=utf-8"
    raw = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _written(body: object) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise GoneError
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise TooLargeError
        if not message.get("more_body"):
            return bytes(body)
