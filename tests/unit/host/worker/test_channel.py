from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.host.worker.channel import Channel, Kind, ProtocolViolation, split

Message = tuple[Kind, int, dict[str, Any], list[bytes]]


class _End:
    """One end of a real socket pair, with what it received."""

    def __init__(self) -> None:
        self.received: list[Message] = []
        self.lost = asyncio.Event()
        self.arrived = asyncio.Event()
        self.channel = Channel(self._receive, lambda _: self.lost.set())

    def _receive(self, kind: Kind, stream: int, head: dict[str, Any], body: memoryview) -> None:
        self.received.append((kind, stream, head, [bytes(part) for part in split(head, body)]))
        self.arrived.set()

    async def wait_for(self, count: int) -> None:
        while len(self.received) < count:
            self.arrived.clear()
            await asyncio.wait_for(self.arrived.wait(), 20)


async def _connected() -> tuple[_End, _End]:
    loop = asyncio.get_running_loop()
    ends = (_End(), _End())
    for end, raw in zip(ends, socket.socketpair(), strict=True):
        raw.setblocking(False)  # noqa: FBT003 - positional only
        await loop.create_connection(lambda end=end: end.channel, sock=raw)  # type: ignore[misc]
    return ends


async def _close(*ends: _End) -> None:
    for end in ends:
        end.channel.close()
    for end in ends:
        await end.lost.wait()


_BODIES = st.lists(
    st.one_of(st.binary(max_size=40), st.integers(100_000, 700_000).map(lambda size: b"x" * size)),
    max_size=3,
)


@settings(max_examples=30, deadline=None)
@given(st.lists(_BODIES, min_size=1, max_size=6))
def test_whatever_is_sent_arrives_whole_and_once(messages: list[list[bytes]]) -> None:
    async def scenario() -> None:
        left, right = await _connected()
        for stream, bodies in enumerate(messages, start=1):
            left.channel.send(Kind.INVOKE, stream, {"n": stream}, bodies)
        await right.wait_for(len(messages))
        got = {stream: (head["n"], bodies) for _, stream, head, bodies in right.received}
        assert got == {n: (n, bodies) for n, bodies in enumerate(messages, start=1)}
        await _close(left, right)

    asyncio.run(scenario())


async def test_a_small_message_is_not_held_up_by_a_large_one() -> None:
    left, right = await _connected()
    left.channel.send(Kind.INVOKE, 1, {}, [bytes(20_000_000)])
    await asyncio.sleep(0)
    left.channel.send(Kind.INVOKE, 2, {})

    await right.wait_for(2)

    assert [stream for _, stream, _, _ in right.received] == [2, 1]
    await _close(left, right)


async def test_closing_sends_what_is_queued_however_slowly_the_peer_reads() -> None:
    left, right = await _connected()
    right.channel._transport.pause_reading()  # type: ignore[union-attr]  # noqa: SLF001 - a slow peer
    left.channel.send(Kind.RESULT, 1, {}, [bytes(20_000_000)])
    await asyncio.sleep(0.05)

    left.channel.close()
    right.channel._transport.resume_reading()  # type: ignore[union-attr]  # noqa: SLF001 - a slow peer
    await asyncio.wait_for(left.lost.wait(), 20)
    await asyncio.wait_for(right.lost.wait(), 20)

    assert [len(body) for _, _, _, bodies in right.received for body in bodies] == [20_000_000]


async def test_messages_arrive_however_the_bytes_are_cut() -> None:
    sent: list[bytes] = []
    left, right = await _connected()
    left.channel._transport.write = sent.append  # type: ignore[union-attr, method-assign]  # noqa: SLF001 - to see the bytes
    left.channel.send(Kind.INVOKE, 7, {"f": "hello"}, [b"abc", b"de"])
    await asyncio.sleep(0)
    for byte in b"".join(sent):
        right.channel.data_received(bytes([byte]))

    assert [(m[1], m[3]) for m in right.received] == [(7, [b"abc", b"de"])]
    await _close(left, right)


@pytest.mark.parametrize(
    "garbage", [b"\xff" * 16, b"\0\0\0\x05\x02\0\0\0\x01", b"\0\0\0\1\2\0\0\0\1"]
)
async def test_bytes_that_are_no_frames_end_the_connection(garbage: bytes) -> None:
    left, right = await _connected()

    with pytest.raises(ProtocolViolation):
        right.channel.data_received(garbage)

    await asyncio.wait_for(left.lost.wait(), 5)
    await asyncio.wait_for(right.lost.wait(), 5)
    left.channel.close()


async def test_sending_to_a_peer_that_is_gone_is_harmless() -> None:
    left, right = await _connected()
    await _close(right, left)

    left.channel.send(Kind.INVOKE, 1, {})
