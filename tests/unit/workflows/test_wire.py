"""Messages arrive whole, and what is no message is noticed."""

from __future__ import annotations

import asyncio
import socket

import pytest

from funcyard.workflows import wire


def reader(data: bytes) -> asyncio.StreamReader:
    made = asyncio.StreamReader()
    made.feed_data(data)
    made.feed_eof()
    return made


async def test_a_message_arrives_as_it_was_sent() -> None:
    message = {"t": "log", "text": "\N{SNOWMAN}" * 1000}

    assert await wire.read(reader(wire.pack(message))) == message


async def test_halves_of_characters_are_replaced_and_whole_ones_are_not() -> None:
    message = {"t": "log", "\ud800": "\udcff \N{GRINNING FACE} \ud83d"}

    assert await wire.read(reader(wire.pack(message))) == {
        "t": "log",
        "\N{REPLACEMENT CHARACTER}": "\N{REPLACEMENT CHARACTER} \N{GRINNING FACE} "
        "\N{REPLACEMENT CHARACTER}",
    }


def test_a_worker_waits_for_the_whole_and_sees_the_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        packed = wire.pack({"t": "run"})
        ours.sendall(packed[:3])
        ours.sendall(packed[3:])
        assert wire.receive(theirs) == {"t": "run"}
        ours.sendall(packed[:6])
        ours.close()
        assert wire.receive(theirs) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\xff" * 64,
        b"\0\0\0\2[]",
        b"\0\0\0\2{}",
        b"\0\0\0\3{{{",
        b'\0\0\0\7{"t":1}',
        b"\0\0\0\2\xff\xff",
        b"\0\1\x86\xa0" + b"[" * 100_000,
    ],
)
async def test_what_is_no_message_is_noticed(data: bytes) -> None:
    with pytest.raises(wire.ProtocolViolation):
        await wire.read(reader(data))
