"""Messages between the engine and a worker process: a length (4 bytes, big-endian) and JSON.

One socket pair per worker, one execution at a time on it, so nothing needs to be multiplexed as on
the host's channel. Standard library only: the worker imports this.

To the worker: ``load`` (once), ``run``, ``cancel``. From it: ``compiling`` (a file), ``code`` (of
it), ``loading`` (a file), ``ready``, ``log``, ``result``.
"""

from __future__ import annotations

import json
import re
import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import asyncio
    import socket

Message = dict[str, Any]

LONGEST: Final = 64 * 1024 * 1024
"""Bytes of a message; a longer one is a fault of whoever sends it."""

UNHEARD: Final = 74
"""Exit code of a worker whose channel is closed (``EX_IOERR`` of sysexits.h)."""

_LENGTH: Final = struct.Struct("!I")
_HALF: Final = re.compile(rb"\\u[dD][89a-fA-F]")


class ProtocolViolation(Exception):  # noqa: N818 - says what happened, not that it is an error
    """The peer sent what is no message; the connection is of no use from here on."""


def whole(text: str) -> str:
    """Return a text with U+FFFD for every half of a character, which no encoding has.

    Python has them in file names that are no text, and JSON may hold them escaped (RFC 8259, 8.2).
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def pack(message: Message) -> bytes:
    """Return a message as it travels."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return _LENGTH.pack(len(body)) + body


def receive(connection: socket.socket) -> Message | None:
    """Return the next message, None where the peer is gone (blocking)."""
    head = _exactly(connection, _LENGTH.size)
    if head is None:
        return None
    body = _exactly(connection, _LENGTH.unpack(head)[0])
    return None if body is None else _parse(body)


async def read(reader: asyncio.StreamReader) -> Message:
    """Return the next message.

    Raises:
        asyncio.IncompleteReadError: The peer is gone.
        OSError: The same, told in another way.
        ProtocolViolation: What came is no message.
    """
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    if length > LONGEST:
        raise ProtocolViolation(f"a message of {length} bytes")
    return _parse(await reader.readexactly(length))


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        try:
            part = connection.recv(count - len(parts))
        except OSError:
            return None
        if not part:
            return None
        parts += part
    return bytes(parts)


def _parse(body: bytes) -> Message:
    try:
        message = json.loads(body)
        if _HALF.search(body):
            message = json.loads(whole(json.dumps(message, ensure_ascii=False)))
    except (ValueError, RecursionError) as fault:
        raise ProtocolViolation(f"a message that is no JSON: {fault}") from fault
    if not isinstance(message, dict) or not isinstance(message.get("t"), str):
        raise ProtocolViolation("a message without a type")
    return message
