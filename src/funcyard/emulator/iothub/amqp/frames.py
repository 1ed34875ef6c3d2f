"""Frames of AMQP 1.0, and the performatives in them as lists with names.

https://docs.oasis-open.org/amqp/core/v1.0/os/amqp-core-transport-v1.0-os.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.iothub.amqp.types import (
    Array,
    BadValueError,
    Described,
    Reader,
    UByte,
    written,
)

if TYPE_CHECKING:
    import asyncio

HEADER: Final = b"AMQP\x00\x01\x00\x00"
SASL_HEADER: Final = b"AMQP\x03\x01\x00\x00"
LARGEST: Final = 64 * 1024
"""Of a frame, in bytes."""
LAST_NUMBER: Final = 2**32 - 1
"""After which numbers of deliveries and transfers begin anew."""
_HEAD_SIZE: Final = 8
_WORDS: Final = 4
AMQP, SASL = 0, 1
OPEN, BEGIN, ATTACH, FLOW, TRANSFER = 0x10, 0x11, 0x12, 0x13, 0x14
DISPOSITION, DETACH, END, CLOSE = 0x15, 0x16, 0x17, 0x18
ERROR, ACCEPTED, REJECTED, SOURCE, TARGET = 0x1D, 0x24, 0x25, 0x28, 0x29
MECHANISMS, INIT, OUTCOME = 0x40, 0x41, 0x44
_FIELDS: Final = {
    OPEN: ("container", "host", "max_frame", "channels", "idle"),
    BEGIN: ("remote", "next_outgoing", "incoming", "outgoing"),
    ATTACH: ("name", "handle", "role", "sends", "receives", "source", "target"),
    FLOW: ("next_incoming", "incoming", "next_outgoing", "outgoing", "handle", "count", "credit"),
    TRANSFER: (
        *("handle", "delivery", "tag", "format", "settled", "more"),
        *("receives", "state", "resume", "aborted"),
    ),
    DISPOSITION: ("role", "first", "last", "settled", "state"),
    DETACH: ("handle", "closed", "error"),
    END: ("error",),
    CLOSE: ("error",),
    INIT: ("mechanism", "response", "host"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that came.

    Attributes:
        channel: Of which session it is.
        kind: Its performative; None where it only says that somebody is there.
        fields: What that says, by names of our own; None for what it leaves out.
        payload: What follows it.
    """

    channel: int
    kind: int | None
    fields: dict[str, Any]
    payload: bytes = field(repr=False)

    def number(self, name: str) -> int:
        """Return a number that it must say.

        Raises:
            BadValueError: It does not.
        """
        found = self.fields.get(name)
        if not isinstance(found, int) or not 0 <= found <= LAST_NUMBER:
            raise BadValueError(f"a frame {self.kind} has no {name}")
        return found


async def read(reader: asyncio.StreamReader) -> Frame:
    """Read a frame.

    Raises:
        BadValueError: It is none, or too large.
        asyncio.IncompleteReadError: The client went away.
    """
    size, offset, _, channel = struct.unpack(">IBBH", await reader.readexactly(_HEAD_SIZE))
    if not _HEAD_SIZE <= size <= LARGEST or not _HEAD_SIZE <= offset * _WORDS <= size:
        raise BadValueError(f"no frame has {size} bytes and begins at {offset}")
    body = Reader((await reader.readexactly(size - _HEAD_SIZE))[offset * _WORDS - _HEAD_SIZE :])
    if body.is_at_end:
        return Frame(channel, None, {}, b"")
    said = body.value()
    if not isinstance(said, Described) or not isinstance(said.value, list):
        raise BadValueError("a frame holds no performative")
    if not isinstance(said.code, int):
        raise BadValueError("a frame names its performative by no number")
    names = _FIELDS.get(said.code, ())
    values = [*said.value, *(None for _ in names)]
    return Frame(channel, said.code, dict(zip(names, values, strict=False)), body.rest())


def frame(
    kind: int, values: list[Any], *, channel: int = 0, layer: int = AMQP, payload: bytes = b""
) -> bytes:
    """Return a frame."""
    body = written(Described(kind, values)) + payload
    return struct.pack(">IBBH", _HEAD_SIZE + len(body), 2, layer, channel) + body


def empty() -> bytes:
    """Return the frame that says that somebody is there."""
    return struct.pack(">IBBH", _HEAD_SIZE, 2, AMQP, 0)


def mechanisms(names: list[Any]) -> bytes:
    """Return the frame that says how one may sign in."""
    return frame(MECHANISMS, [Array(names)], layer=SASL)


def outcome(code: int) -> bytes:
    """Return the frame that says whether somebody is signed in."""
    return frame(OUTCOME, [UByte(code)], layer=SASL)
