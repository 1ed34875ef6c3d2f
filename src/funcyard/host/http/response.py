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


async def respond_outcome(send: Send, outcome: Outcome, returned: Value | None) -> None:
    """Send what a function gave: its response, its text, 204 for nothing, 500 for a failure.

    The real host answers a failed function with an empty 500; the reason is in the log.
    """
    if outcome.failed is not None:
        await respond(send, 500, [])
    elif returned is None:
        await respond(send, _NO_CONTENT, [])
    elif returned.type == "http" and returned.head is not None:
        status, headers = _head(returned.head)
        await respond(send, status, headers, returned.body)
    elif returned.type == "json":
        headers = [(b"content-type", b"application/json; charset=utf-8")]
        await respond(send, 200, headers, returned.body)
    elif returned.type == "bytes":
        await respond(send, 200, [(b"content-type", b"application/octet-stream")], returned.body)
    else:
        await respond(send, 200, [(b"content-type", b"text/plain; charset=utf-8")], returned.body)


def _head(head: Any) -> tuple[int, list[tuple[bytes, bytes]]]:  # noqa: ANN401 - decoded JSON
    headers = [
        (_header_bytes(name.lower()), _header_bytes(value))
        for name, value in head["h"]
        if name.lower() not in _HOP_BY_HOP
    ]
    headers += [(b"set-cookie", _header_bytes(cookie)) for cookie in head["c"]]
    return int(head["s"]), headers


def _header_bytes(text: str) -> bytes:
    """Encode a header; what cannot stand in one is replaced, so that nothing can be injected."""
    return text.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace")
