"""A request as the worker receives it: built from an ASGI scope, bodies kept apart.

Header names are lower case and repeated headers joined by a comma, as the real host sends them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from funcyard.host.invocation import Value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[dict[str, Any]]]

LARGEST_BODY = 100 * 1024 * 1024
"""Bytes; FUNCTIONS_REQUEST_BODY_SIZE_LIMIT's default.

https://learn.microsoft.com/azure/azure-functions/functions-bindings-http-webhook-trigger#limits
"""


class BodyTooLargeError(Exception):
    """The request's body is larger than the host takes."""


class ClientGoneError(Exception):
    """The client closed the connection before its body was complete."""


def header(scope: Scope, name: bytes) -> str:
    """Return the first header of that lower-case name, or an empty string."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value, "latin-1")
    return ""


def query_of(scope: Scope) -> dict[str, str]:
    """Return the query, repeated names joined by a comma."""
    raw: bytes = scope["query_string"]
    query: dict[str, str] = {}
    if raw:
        for name, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
    return query


async def read_body(receive: Receive, limit: int = LARGEST_BODY) -> bytes:
    """Return the whole body.

    Raises:
        BodyTooLargeError: It is larger than ``limit`` bytes.
        ClientGoneError: The client went away meanwhile.
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise ClientGoneError
    if not message.get("more_body"):
        if len(body) > limit:
            raise BodyTooLargeError
        return body
    chunks, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > limit:
            raise BodyTooLargeError
    return b"".join(chunks)


def to_value(
    scope: Scope, body: bytes, parameters: Mapping[str, str], query: Mapping[str, str]
) -> Value:
    """Return the trigger's value for a request."""
    headers: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = str(raw_name, "latin-1"), str(raw_value, "latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    raw_query = scope["query_string"]
    path = str(scope["raw_path"], "latin-1")
    url = f"{scope['scheme']}://{headers.get('host', '')}{path}"
    if raw_query:
        url += "?" + str(raw_query, "latin-1")
    head = {
        "m": scope["method"],
        "u": url,
        "h": headers,
        "p": dict(parameters),
        "q": dict(query),
    }
    return Value("http", body, head)
