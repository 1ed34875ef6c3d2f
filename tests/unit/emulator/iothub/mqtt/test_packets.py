"""Packets of MQTT are read as the standard has them, and nothing else is."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.iothub.mqtt import packets
from funcyard.emulator.iothub.mqtt.packets import BadPacketError, BadVersionError, Packet, Publish

_TOPICS = st.text(st.characters(exclude_characters="+#\0", codec="utf-8"), min_size=1)


async def _read(data: bytes) -> Packet:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return await packets.read(reader)


def _connect(flags: int, *fields: bytes, level: int = 4, name: bytes = b"MQTT") -> Packet:
    body = _field(name) + bytes((level, flags)) + (60).to_bytes(2) + b"".join(map(_field, fields))
    return Packet(packets.CONNECT, 0, body)


def _field(data: bytes) -> bytes:
    return len(data).to_bytes(2) + data


@given(_TOPICS, st.binary(max_size=300), st.integers(0, 1), st.integers(1, 65535))
def test_a_message_is_read_as_it_was_written(
    topic: str, payload: bytes, qos: int, number: int
) -> None:
    sent = Publish(topic, payload, qos, number if qos else 0)
    assert packets.published(asyncio.run(_read(packets.publish(sent)))) == sent


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_packet_or_refused(data: bytes) -> None:
    with contextlib.suppress(BadPacketError, asyncio.IncompleteReadError):
        packet = asyncio.run(_read(data))
        for take in (
            packets.connect,
            packets.published,
            packets.acknowledged,
            packets.subscribed,
            packets.unsubscribed,
        ):
            with contextlib.suppress(BadPacketError):
                take(packet)


def test_a_client_says_who_it_is_and_what_is_sent_when_it_is_lost() -> None:
    said = packets.connect(_connect(0xCE, b"d", b"devices/d/messages/events/", b"gone", b"u", b"p"))
    assert (said.client, said.user, said.password, said.keep_alive) == ("d", "u", "p", 60)
    assert said.is_clean
    assert said.will == Publish("devices/d/messages/events/", b"gone", 1)


@pytest.mark.parametrize(("level", "name"), [(3, b"MQIsdp"), (5, b"MQTT")])
def test_another_mqtt_is_told_apart(level: int, name: bytes) -> None:
    with pytest.raises(BadVersionError):
        packets.connect(_connect(2, b"d", level=level, name=name))


@pytest.mark.parametrize(
    "packet",
    [
        _connect(3, b"d"),
        _connect(0x10, b"d"),
        _connect(0x1C, b"d", b"t", b"p"),
        _connect(2, b"d", b"more"),
        _connect(2, b"\xff"),
        _connect(2, b"a\0b"),
        Packet(packets.PUBLISH, 0, _field(b"t")),
    ],
    ids=["reserved", "no will", "quality", "long", "text", "zero", "type"],
)
def test_what_is_not_said_as_it_must_be_is_refused(packet: Packet) -> None:
    with pytest.raises(BadPacketError):
        packets.connect(packet)


@pytest.mark.parametrize(
    ("flags", "body"),
    [
        (4, _field(b"t") + b"\0\1"),
        (2, _field(b"t") + b"\0\0"),
        (0, _field(b"a/#")),
        (0, _field(b"")),
    ],
    ids=["quality 2", "number 0", "wildcard", "empty"],
)
def test_a_message_that_no_hub_takes_is_refused(flags: int, body: bytes) -> None:
    with pytest.raises(BadPacketError):
        packets.published(Packet(packets.PUBLISH, flags, body))


@pytest.mark.parametrize(
    "data",
    [b"\x30\xff\xff\xff\xff\x01", b"\x30\xff\xff\xff\x7f", b"\x80\x00", b"\xc1\x00"],
    ids=["endless", "large", "subscribe", "ping"],
)
async def test_a_head_that_no_packet_has_is_refused(data: bytes) -> None:
    with pytest.raises(BadPacketError):
        await _read(data)


def test_answers_are_those_of_the_standard() -> None:
    assert packets.connack(packets.ACCEPTED, is_known=True) == b"\x20\x02\x01\x00"
    assert packets.connack(packets.NOT_AUTHORIZED, is_known=True) == b"\x20\x02\x00\x05"
    assert packets.suback(258, [1, packets.REFUSED_TOPIC]) == b"\x90\x04\x01\x02\x01\x80"
    assert packets.puback(1) == b"\x40\x02\x00\x01"
    assert packets.unsuback(1) == b"\xb0\x02\x00\x01"
    assert packets.pingresp() == b"\xd0\x00"
    assert packets.publish(Publish("t", b"x" * 200))[:3] == b"\x30\xcb\x01"
