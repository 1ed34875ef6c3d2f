"""The channel between the host and one worker: messages of a JSON head and raw bodies.

One Unix socket carries every trigger. A message travels as one frame, and as further ``DATA``
frames of the same stream where its bodies are large, so that a large upload never holds up a small
request. Bodies are never part of the JSON: the head names them with their sizes and they follow as
they are.

A frame is ``length (4) | kind (1) | stream (4) | payload``, big-endian, the length counting what
follows it. The payload of a message's first frame is ``head length (4) | head | begin of bodies``.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections import deque
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Head = dict[str, Any]
    Receive = Callable[["Kind", int, Head, memoryview], None]

_PREFIX = struct.Struct("!IBI")
_HEAD = struct.Struct("!I")
_encode = json.JSONEncoder(separators=(",", ":")).encode
_CHUNK = 128 * 1024
_EARLY = 4 * 8
"""Pieces, four a message, that leave without waiting for the loop's turn to end.

With a write a turn, requests move through client, host and worker as one crowd, and one of the
three works while two wait: measured, half as many requests a second on two cores.
"""
_LONGEST_FRAME = 16 * 1024 * 1024

BODIES = "sizes"
"""Key of a head that lists the sizes of the bodies after it, in order."""


class Kind(IntEnum):
    """What a message says; the stream ties an answer and its data to a request."""

    DATA = 0
    READY = 1
    INVOKE = 2
    RESULT = 3
    CANCEL = 4
    LOG = 5
    ACTIVATE = 6
    STOP = 7
    BODY = 8
    CREDIT = 9


class ProtocolViolation(Exception):  # noqa: N818 - says what happened, not that it is an error
    """The peer sent bytes that are not frames; the connection is useless from here on."""


class Channel(asyncio.Protocol):
    """One end of the channel.

    Args:
        receive: Called with kind, stream, head and all bodies in one view, valid after the call.
        lost: Called once when the peer is gone, with the error or None.
    """

    def __init__(self, receive: Receive, lost: Callable[[Exception | None], None]) -> None:
        self._receive = receive
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._partial: dict[int, _Partial] = {}
        self._outgoing: list[bytes | memoryview] = []
        self._large: deque[_Large] = deque()
        self._paused = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def send(
        self, kind: Kind, stream: int, head: Head, bodies: Sequence[bytes | memoryview] = ()
    ) -> None:
        """Queue a message; messages of one turn of the loop leave in one write.

        A message to a peer that is gone is dropped: ``lost`` has told or will tell so.
        """
        if self._transport is None:
            return
        if bodies:
            head[BODIES] = [len(body) for body in bodies]
        encoded = _encode(head).encode()
        body = bodies[0] if len(bodies) == 1 else b"".join(bodies)
        first = body[:_CHUNK] if len(body) > _CHUNK else body
        length = 5 + 4 + len(encoded) + len(first)
        if not self._outgoing and self._loop is not None:
            self._loop.call_soon(self._flush)
        self._outgoing += (
            _PREFIX.pack(length, kind, stream),
            _HEAD.pack(len(encoded)),
            encoded,
            first,
        )
        if len(body) > _CHUNK:
            self._large.append(_Large(stream, memoryview(body), _CHUNK))
        if len(self._outgoing) >= _EARLY:
            self._flush()

    def close(self) -> None:
        """Close once everything queued is sent; ``lost`` is called then."""
        if self._transport is not None:
            self._flush()
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (called by the loop)."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "writelines")  # noqa: S101 - uvloop's transports are not subclasses
        self._transport = transport  # type: ignore[assignment]  # see the line above
        self._loop = asyncio.get_running_loop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the owner (called by the loop)."""
        self._transport = None
        self._lost(exc)

    def pause_writing(self) -> None:
        """Hold large bodies back while the socket is full (called by the loop)."""
        self._paused = True

    def resume_writing(self) -> None:
        """Go on with large bodies (called by the loop)."""
        self._paused = False
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Cut frames out of the stream (called by the loop)."""
        buffer = self._buffer
        buffer += data
        position, size = 0, len(buffer)
        while size - position >= _PREFIX.size:
            length, kind, stream = _PREFIX.unpack_from(buffer, position)
            if not 5 <= length <= _LONGEST_FRAME:  # noqa: PLR2004 - kind and stream are five bytes
                self._violated(f"a frame of {length} bytes")
                return
            end = position + 4 + length
            if end > size:
                break
            payload = bytes(memoryview(buffer)[position + _PREFIX.size : end])
            position = end
            try:
                self._frame(kind, stream, payload)
            except (ValueError, KeyError, struct.error) as fault:
                self._violated(f"a frame that cannot be read: {fault}")
                return
        if position:
            del buffer[:position]

    def _frame(self, kind: int, stream: int, payload: bytes) -> None:
        if kind == Kind.DATA:
            partial = self._partial[stream]
            partial.add(payload)
            if partial.complete:
                del self._partial[stream]
                self._receive(partial.kind, stream, partial.head, partial.body)
            return
        (head_size,) = _HEAD.unpack_from(payload)
        head = json.loads(payload[4 : 4 + head_size])
        body = memoryview(payload)[4 + head_size :]
        expected = sum(head[BODIES]) if BODIES in head else 0
        if len(body) == expected:
            self._receive(Kind(kind), stream, head, body)
        else:
            self._partial[stream] = _Partial(Kind(kind), head, expected, body)

    def _violated(self, what: str) -> None:
        self._buffer.clear()
        if self._transport is not None:
            self._transport.abort()
        raise ProtocolViolation(what)

    def _flush(self) -> None:
        if self._transport is not None and self._outgoing:
            self._transport.write(b"".join(self._outgoing))
        self._outgoing.clear()
        self._pump()

    def _pump(self) -> None:
        """Send chunks of the large bodies in turn until the socket is full."""
        while self._large and not self._paused and self._transport is not None:
            large = self._large.popleft()
            self._transport.write(large.next_frame())
            if not large.done:
                self._large.append(large)


class _Large:
    """What is left of a large body."""

    def __init__(self, stream: int, body: memoryview, sent: int) -> None:
        self._stream = stream
        self._body = body
        self._sent = sent

    @property
    def done(self) -> bool:
        return self._sent >= len(self._body)

    def next_frame(self) -> bytes:
        chunk = self._body[self._sent : self._sent + _CHUNK]
        self._sent += len(chunk)
        return _PREFIX.pack(5 + len(chunk), Kind.DATA, self._stream) + bytes(chunk)


class _Partial:
    """A message of which more frames are to come."""

    def __init__(self, kind: Kind, head: Head, expected: int, begin: memoryview) -> None:
        self.kind = kind
        self.head = head
        self._expected = expected
        self._data = bytearray(begin)

    @property
    def complete(self) -> bool:
        return len(self._data) == self._expected

    @property
    def body(self) -> memoryview:
        return memoryview(bytes(self._data))

    def add(self, payload: bytes) -> None:
        self._data += payload
        if len(self._data) > self._expected:
            message = "more data than announced"
            raise ValueError(message)


def split(head: Head, body: memoryview) -> list[memoryview]:
    """Cut the bodies of a received message apart by the sizes its head names."""
    parts: list[memoryview] = []
    position = 0
    for size in head.get(BODIES, ()):
        parts.append(body[position : position + size])
        position += size
    return parts
