"""One request passed on to a replica, and its answer back, but for what is each end's own.

Bodies stream both ways. A client that leaves ends what is done for it.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from typing import TYPE_CHECKING, Final

import aiohttp
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.emulator.http import Receive, Scope, Send

_LOGGER = logging.getLogger(__name__)
_ALONE: Final = frozenset(
    {
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Headers between two ends of one connection."""
_CHUNK: Final = 64 * 1024
_NOT_MODIFIED: Final = 304
_OWN: Final = ("user-agent", "accept", "accept-encoding", "content-type")
_FAILED: Final = b"upstream connect error or disconnect/reset before headers. "
_REFUSED: Final = (
    b"retried and the latest reset reason: remote connection failure, transport failure reason:"
    b" delayed connect error: 111"
)
_ENDED: Final = b"reset reason: connection termination"


class UpstreamError(Exception):
    """A replica does not answer a request.

    Args:
        reason: As Envoy says it.
    """

    def __init__(self, reason: bytes) -> None:
        super().__init__(reason)
        self.body = _FAILED + reason


class UnreachedError(UpstreamError):
    """A replica does not take a request; nothing of it was sent."""

    def __init__(self) -> None:
        super().__init__(_REFUSED)


class Incoming:
    """What comes of a request.

    Args:
        scope: The request.
        receive: Where it comes from.

    Attributes:
        has_body: Whether a body belongs to it.
        is_answered: Whether an answer has begun.
    """

    def __init__(self, scope: Scope, receive: Receive) -> None:
        names = {name for name, _ in scope["headers"]}
        self._receive = receive
        self.is_answered = False
        self.has_body = bool(names & {b"content-length", b"transfer-encoding"})
        self._whole = asyncio.Event()
        if not self.has_body:
            self._whole.set()

    async def body(self) -> AsyncIterator[bytes]:
        """Yield its body, piece by piece.

        Raises:
            ConnectionResetError: The client left.
        """
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            if chunk := message.get("body", b""):
                yield chunk
            if not message.get("more_body"):
                self._whole.set()
                return

    async def left(self) -> None:
        """Wait until the client leaves, after all of its request has come."""
        await self._whole.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass


async def pass_on(
    session: aiohttp.ClientSession, scope: Scope, incoming: Incoming, send: Send, address: str
) -> None:
    """Pass a request on and its answer back.

    Raises:
        UnreachedError: It was not taken.
        UpstreamError: There is no answer.
    """
    query = scope["query_string"].decode("latin-1")
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    try:
        async with session.request(
            scope["method"],
            URL(f"http://{address}{target}", encoded=True),
            headers=_forwarded(scope),
            data=incoming.body() if incoming.has_body else None,
            allow_redirects=False,
            skip_auto_headers=_OWN,
        ) as answer:
            headers = _returned(answer)
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            incoming.is_answered = True
            async for chunk in answer.content.iter_chunked(_CHUNK):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
    except aiohttp.ClientConnectorError:
        raise UnreachedError from None
    except aiohttp.ClientError as fault:
        if not incoming.is_answered:
            raise UpstreamError(_ENDED) from None
        # What is not completed is cut off, and the client sees that.
        _LOGGER.warning("an answer of %s was cut short: %s", address, fault)


def _returned(answer: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer as the client gets them."""
    dropped = _ALONE
    if answer.status == _NOT_MODIFIED:  # its length would be that of what it does not hold
        dropped = _ALONE | {b"content-length"}
    return [
        (name.lower(), value) for name, value in answer.raw_headers if name.lower() not in dropped
    ]


def _forwarded(scope: Scope) -> list[tuple[str, str]]:
    """Return the headers of a request as the app gets them."""
    client = (scope.get("client") or ("127.0.0.1", 0))[0]
    own = {
        "x-forwarded-for": client,
        "x-forwarded-proto": "https",
        "x-request-id": str(uuid.uuid4()),
    }
    kept = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in scope["headers"]
        if name not in _ALONE
    ]
    return [*((name, value) for name, value in kept if name not in own), *own.items()]
