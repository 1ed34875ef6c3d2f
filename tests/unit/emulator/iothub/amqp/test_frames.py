"""Frames of AMQP are read as they are written, and whatever else comes is refused."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.iothub.amqp import frames, messages
from funcyard.emulator.iothub.amqp.frames import Frame
from funcyard.emulator.iothub.amqp.types import BadValueError, Described, UInt, ULong, written


def _read(data: bytes) -> Frame:
    async def read() -> Frame:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await frames.read(reader)

    return asyncio.run(read())


def _framed(body: bytes) -> bytes:
    return (8 + len(body)).to_bytes(4) + b"\2\0\0\7" + body


def test_a_frame_is_read_as_it_was_written() -> None:
    found = _read(frames.frame(frames.BEGIN, [None, UInt(7)], channel=7, payload=b"rest"))
    assert (found.kind, found.channel, found.payload) == (frames.BEGIN, 7, b"rest")
    assert found.number("next_outgoing") == 7


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_frame_or_refused(body: bytes) -> None:
    with contextlib.suppress(BadValueError):
        _read(_framed(body))


@pytest.mark.parametrize("body", [b"\x00\xa3\x04open\x45", b"\x00\x45\x45", b"\x00\x40\x45"])
def test_what_names_no_performative_by_number_is_none(body: bytes) -> None:
    with pytest.raises(BadValueError):
        _read(_framed(body))


@pytest.mark.parametrize("number", [-1, ULong(2**32), "1", None])
def test_a_handle_that_is_none_is_refused(number: object) -> None:
    with pytest.raises(BadValueError, match="has no handle"):
        _read(frames.frame(frames.DETACH, [number])).number("handle")


@pytest.mark.parametrize("code", [b"\x45", b"\xa1\x01a"])
def test_a_section_that_is_none_is_refused(code: bytes) -> None:
    with pytest.raises(BadValueError, match="no such section"):
        messages.read(b"\x00" + code + b"\x45")


@pytest.mark.parametrize("identifier", [-5, 5, "q", b"q", None])
def test_an_answer_names_what_it_answers(identifier: object) -> None:
    asked = messages.read(written(Described(0x73, [identifier])))
    answer = messages.read(messages.answer(asked, {}))
    assert answer.properties["correlation-id"] == identifier
