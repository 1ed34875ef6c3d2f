"""Packets of MQTT 3.1.1, read strictly and written: those that IoT Hub exchanges with devices.

https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio

LARGEST: Final = 256 * 1024 + 16 * 1024
"""Of a packet: the largest message with its topic."""
LONGEST_TOPIC: Final = 0xFFFF
_MOST_LENGTH_BYTES: Final = 4
_LEVEL: Final = 4
_MOST_QOS: Final = 2
CONNECT, CONNACK, PUBLISH, PUBACK = 1, 2, 3, 4
SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK = 8, 9, 10, 11
PINGREQ, PINGRESP, DISCONNECT = 12, 13, 14
_FLAGS: Final = {SUBSCRIBE: 2, UNSUBSCRIBE: 2}
ACCEPTED, BAD_VERSION, BAD_CLIENT, NOT_AUTHORIZED = 0, 1, 2, 5
REFUSED_TOPIC: Final = 0x80


class BadPacketError(Exception):
    """What came is no packet of MQTT, or none that is taken: the connection ends."""


class BadVersionError(BadPacketError):
    """The client speaks another MQTT."""


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet.

    Attributes:
        kind: Its type.
        flags: The low half of its first byte.
        body: What follows its length.
    """

    kind: int
    flags: int
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Publish:
    """A message.

    Attributes:
        topic: Where to.
        payload: What.
        qos: 0, or 1 where it is to be acknowledged.
        number: By which that is; 0 where it is not.
        is_again: Whether it may have been sent before.
    """

    topic: str
    payload: bytes = field(repr=False)
    qos: int = 0
    number: int = 0
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    """What a client says of itself.

    Attributes:
        client: Its id.
        is_clean: Whether it wants nothing to be remembered of it.
        keep_alive: After how many seconds of silence it is gone; 0 for never.
        user: Its name.
        password: What it proves itself with.
        will: What is sent for it when it is lost.
    """

    client: str
    is_clean: bool
    keep_alive: int
    user: str
    password: str = field(repr=False)
    will: Publish | None


async def read(reader: asyncio.StreamReader) -> Packet:
    """Read a packet.

    Raises:
        BadPacketError: It is none, or too large.
        asyncio.IncompleteReadError: The client went away.
    """
    first = (await reader.readexactly(1))[0]
    length = 0
    for place in range(_MOST_LENGTH_BYTES):
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << 7 * place
        if byte < 0x80:  # noqa: PLR2004 - the bit that says that more follow
            break
    else:
        raise BadPacketError("the length has no end")
    if length > LARGEST:
        raise BadPacketError(f"{length} bytes are too many")
    kind, flags = first >> 4, first & 0x0F
    if kind != PUBLISH and flags != _FLAGS.get(kind, 0):
        raise BadPacketError(f"packet type {kind} has flags {flags}")
    return Packet(kind, flags, await reader.readexactly(length))


def connect(packet: Packet) -> Connect:
    """Read what a client says of itself.

    Raises:
        BadVersionError: It speaks another MQTT.
        BadPacketError: It is not said as it must be.
    """
    if packet.kind != CONNECT:
        raise BadPacketError("the first packet is no CONNECT")
    body = _Body(packet.body)
    protocol, level = body.text(), body.byte()
    if protocol != "MQTT" or level != _LEVEL:
        raise BadVersionError(f"{protocol} {level} is not MQTT 3.1.1")
    flags = body.byte()
    if flags & 1:
        raise BadPacketError("a reserved flag is set")
    keep_alive, client = body.number(), body.text()
    will = None
    qos = flags >> 3 & 3
    if flags & 0x04:
        if qos > _MOST_QOS:
            raise BadPacketError("the will has no such quality")
        will = Publish(body.text(), body.data(), qos=min(qos, 1))
    elif flags & 0x38:
        raise BadPacketError("flags of a will are set without one")
    user = body.text() if flags & 0x80 else ""
    password = body.text() if flags & 0x40 else ""
    body.end()
    return Connect(client, bool(flags & 2), keep_alive, user, password, will)


def published(packet: Packet) -> Publish:
    """Read a message.

    Raises:
        BadPacketError: It is none that is taken.
    """
    qos = packet.flags >> 1 & 3
    if qos > 1:
        raise BadPacketError("a hub takes qualities of service 0 and 1")
    body = _Body(packet.body)
    topic = body.text()
    if not topic or set("+#") & set(topic):
        raise BadPacketError("a message is sent to no wildcards")
    number = body.identifier() if qos else 0
    return Publish(topic, body.rest(), qos, number, bool(packet.flags & 8))


def acknowledged(packet: Packet) -> int:
    """Read which message is acknowledged.

    Raises:
        BadPacketError: None is.
    """
    body = _Body(packet.body)
    number = body.identifier()
    body.end()
    return number


def subscribed(packet: Packet) -> tuple[int, list[tuple[str, int]]]:
    """Read what is subscribed to: the number of the request, topics and qualities.

    Raises:
        BadPacketError: It is not said as it must be.
    """
    body = _Body(packet.body)
    number, found = body.identifier(), []
    while not body.is_at_end:
        topic, qos = body.text(), body.byte()
        if qos > _MOST_QOS:
            raise BadPacketError("a topic has no such quality")
        found.append((topic, qos))
    if not found:
        raise BadPacketError("nothing is subscribed to")
    return number, found


def unsubscribed(packet: Packet) -> tuple[int, list[str]]:
    """Read what is subscribed to no more: the number of the request, and topics.

    Raises:
        BadPacketError: It is not said as it must be.
    """
    body = _Body(packet.body)
    number, found = body.identifier(), []
    while not body.is_at_end:
        found.append(body.text())
    if not found:
        raise BadPacketError("nothing is named")
    return number, found


def connack(code: int, *, is_known: bool = False) -> bytes:
    """Return the answer to CONNECT."""
    return _packet(CONNACK, bytes((int(is_known and code == ACCEPTED), code)))


def puback(number: int) -> bytes:
    """Return the acknowledgement of a message."""
    return _packet(PUBACK, struct.pack(">H", number))


def suback(number: int, codes: list[int]) -> bytes:
    """Return the answer to SUBSCRIBE: of each topic the quality, or that it is refused."""
    return _packet(SUBACK, struct.pack(">H", number) + bytes(codes))


def unsuback(number: int) -> bytes:
    """Return the answer to UNSUBSCRIBE."""
    return _packet(UNSUBACK, struct.pack(">H", number))


def pingresp() -> bytes:
    """Return the answer to PINGREQ."""
    return _packet(PINGRESP, b"")


def publish(one: Publish) -> bytes:
    """Return a message."""
    topic = one.topic.encode()
    number = struct.pack(">H", one.number) if one.qos else b""
    body = struct.pack(">H", len(topic)) + topic + number + one.payload
    return _packet(PUBLISH, body, flags=one.qos << 1 | one.is_again << 3)


def _packet(kind: int, body: bytes, *, flags: int = 0) -> bytes:
    head, length = bytearray((kind << 4 | flags,)), len(body)
    while True:
        length, low = divmod(length, 128)
        head.append(low | (0x80 if length else 0))
        if not length:
            return bytes(head) + body


class _Body:
    """The body of a packet, read from its beginning."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._data)

    def byte(self) -> int:
        return self._take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self._take(2))

    def identifier(self) -> int:
        found = self.number()
        if not found:
            raise BadPacketError("a packet identifier is 0")
        return found

    def data(self) -> bytes:
        return self._take(self.number())

    def text(self) -> str:
        try:
            found = self.data().decode()
        except UnicodeDecodeError:
            raise BadPacketError("a text is not UTF-8") from None
        if "\0" in found:
            raise BadPacketError("a text holds the character 0")
        return found

    def rest(self) -> bytes:
        return self._take(len(self._data) - self._at)

    def end(self) -> None:
        if not self.is_at_end:
            raise BadPacketError("a packet is too long")

    def _take(self, count: int) -> bytes:
        found = self._data[self._at : self._at + count]
        if len(found) < count:
            raise BadPacketError("a packet is too short")
        self._at += count
        return found
