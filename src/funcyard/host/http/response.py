"""An outcome as HTTP: what the function returned, or what went wrong, in ASGI messages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from funcyard.host.invocation import Outcome, Value

    Send = Callable[[dict[str, Any]], Awaitable[None]]

_NO_CONTENT = 204
_NOT_MODIFIED = 304
_PLAIN_TYPES = {
    "string": b"text/plain; charset=utf-8",
    "json": b"application/json; charset=utf-8",
    "bytes": b"application/octet-stream",
    "http": b"application/octet-stream",
}
"""Content type of a value that a function returned without a response around it."""
_HOP_BY_HOP = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})


async def respond(
    send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes = b""
) -> None:
    """Send a whole response with its length."""
    raw = list(headers)
    if status not in (_NO_CONTENT, _NOT_MODIFIED):
        raw.append((b"content-length", str(len(body)).encode()))
    else:
        body = b""
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


async def respond_json(send: Send, status: int, document: object) -> None:
    """Send a JSON document."""
    body = json.dumps(document).encode()
    await respond(send, status, [(b"content-type", b"application/json; charset=utf-8")], body)


async def respond_text(send: Send, status: int, text: str) -> None:
    """Send plain text."""
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await respond(send, status, headers, text.encode())


async def respond_outcome(
    send: Send,
    outcome: Outcome,
    returned: Value | None,
    extra: tuple[tuple[bytes, bytes], ...] = (),
) -> None:
    """Send what a function gave: its response, its text, 204 for nothing, 500 for a failure.

    The real host answers a failed function with an empty 500; the reason is in the log.

    Args:
        send: Of the ASGI server.
        outcome: Of the invocation.
        returned: The HTTP output's value.
        extra: Headers that host.json adds to every response.
    """
    if outcome.failed is not None:
        await respond(send, 500, extra)
    elif returned is None:
        await respond(send, _NO_CONTENT, extra)
    elif returned.type == "http" and returned.head is not None:
        status, headers = _head(returned.head)
        await respond(send, status, [*headers, *extra], returned.body)
    else:
        kind = (b"content-type", _PLAIN_TYPES[returned.type])
        await respond(send, 200, [kind, *extra], returned.body)


def _head(head: Any) -> tuple[int, list[tuple[bytes, bytes]]]:  # noqa: ANN401 - decoded JSON
    headers = [
        (header_bytes(name.lower()), header_bytes(value))
        for name, value in head["h"]
        if name.lower() not in _HOP_BY_HOP
    ]
    headers += [(b"set-cookie", header_bytes(cookie)) for cookie in head["c"]]
    return int(head["s"]), headers


def header_bytes(text: str) -> bytes:
    """Encode a header; what cannot stand in one is replaced, so that nothing can be injected."""
    return text.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace")
