"""The host's end of a streamed request: what a worker's messages about it are handed to.

An invocation of an HTTP function with a web extension (HTTP v2) carries an exchange: the request's
body goes to the worker, the response comes back, both piece by piece while the invocation runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from funcyard.host.invocation import Value
from funcyard.host.worker.channel import Kind
from funcyard.host.worker.flow import END

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from funcyard.host.worker.channel import Head

    Post = Callable[[Kind, Head, Sequence[bytes]], None]

LARGEST_KEPT = 100 * 1024 * 1024
"""Bytes of a response that are kept where no client takes them."""


class Exchange(Protocol):
    """One request that is streamed to a worker, and its response."""

    def opened(self, post: Post) -> None:
        """Take note that a worker runs the invocation; ``post`` sends it messages about it."""
        ...

    def arrived(self, head: Head, piece: bytes) -> None:
        """Take a message about the response: how it starts, a piece of its body, or both."""
        ...

    def granted(self, size: int) -> None:
        """Take note that the worker has room for ``size`` more bytes of the request's body."""
        ...


@dataclass(slots=True)
class StreamedRequest(Value):
    """A trigger's value whose body, or most of it, follows through an exchange."""

    exchange: Exchange | None = None


class KeptResponse:
    """Stands where a client would, for a function run by hand: takes the whole response."""

    def __init__(self) -> None:
        self._post: Post | None = None
        self._status = 0
        self._headers: list[list[str]] = []
        self._body = bytearray()

    @property
    def value(self) -> Value | None:
        """The response, None where none has begun."""
        if not self._status:
            return None
        head = {"s": str(self._status), "h": self._headers, "c": []}
        return Value("http", bytes(self._body), head)

    def opened(self, post: Post) -> None:
        """See :class:`Exchange`."""
        self._post = post

    def arrived(self, head: Head, piece: bytes) -> None:
        """See :class:`Exchange`; a response that is too large is left, as a client would."""
        if "start" in head:
            self._status, self._headers = head["start"]
        self._body += piece
        if self._post is None or END in head:
            return
        if len(self._body) > LARGEST_KEPT:
            self._post(Kind.BODY, {"gone": True}, ())
        elif piece:
            self._post(Kind.CREDIT, {"n": len(piece)}, ())

    def granted(self, size: int) -> None:
        """See :class:`Exchange`; the body went with the invocation."""


def by_hand(request: Value, exchange: Exchange) -> StreamedRequest:
    """Return a request that a person made, with its whole body, as one that is streamed."""
    given = request.head or {}
    head = {
        "m": given["m"],
        "target": ["http", given["u"].removeprefix("http://localhost"), ""],
        "h": list(given["h"].items()),
        "p": given["p"],
        "q": given["q"],
        "version": "1.1",
        "client": None,
        "server": None,
        "more": False,
    }
    return StreamedRequest("http", request.body, head, exchange)
