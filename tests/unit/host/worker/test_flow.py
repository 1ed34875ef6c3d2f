"""A streamed body arrives whole, and waits where it comes from as long as nobody takes it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.host.worker.flow import END, PIECE, WINDOW, Inflow, Outflow


class _Way:
    """A sender and a receiver, with nothing but time between them."""

    def __init__(self, credit: int) -> None:
        self.on_the_way = 0
        self.most_on_the_way = 0
        self.grants = 0
        self.outflow = Outflow(self._post, credit)
        self.inflow = Inflow(self._grant, owed=WINDOW - credit)

    def _post(self, head: dict[str, Any], pieces: Sequence[bytes]) -> None:
        piece = b"".join(pieces)
        assert len(piece) <= PIECE
        self.on_the_way += len(piece)
        self.most_on_the_way = max(self.most_on_the_way, self.on_the_way)
        asyncio.get_running_loop().call_soon(self.inflow.put, head, piece)

    def _grant(self, size: int) -> None:
        self.grants += 1
        asyncio.get_running_loop().call_soon(self.outflow.grant, size)

    async def take_all(self) -> bytes:
        body = bytearray()
        while (taken := await self.inflow.take()) is not None:
            head, piece = taken
            body += piece
            self.on_the_way -= len(piece)
            if END in head:
                break
        return bytes(body)


async def _send(outflow: Outflow, chunks: list[bytes]) -> None:
    for chunk in chunks:
        await outflow.send(chunk)
    await outflow.send(b"", end=True)


_CHUNKS = st.lists(
    st.integers(0, 3 * WINDOW).map(lambda size: bytes([size % 251]) * size), max_size=8
)


@settings(max_examples=40)
@given(_CHUNKS, st.sampled_from([0, WINDOW]))
def test_a_body_arrives_whole_through_one_window_of_memory(
    chunks: list[bytes], credit: int
) -> None:
    async def scenario() -> None:
        way = _Way(credit)
        sending = asyncio.create_task(_send(way.outflow, chunks))
        assert await way.take_all() == b"".join(chunks)
        await sending
        assert way.most_on_the_way <= WINDOW
        assert way.grants <= 2 * sum(map(len, chunks)) // WINDOW + 1

    asyncio.run(scenario())


async def test_who_sends_to_nobody_stops_after_a_window() -> None:
    way = _Way(WINDOW)
    sending = asyncio.create_task(way.outflow.send(bytes(10 * WINDOW)))
    await asyncio.sleep(0.05)

    assert not sending.done()
    assert way.on_the_way == WINDOW
    sending.cancel()


async def test_a_sender_that_waits_goes_on_when_the_receiver_is_gone() -> None:
    way = _Way(WINDOW)
    sending = asyncio.create_task(way.outflow.send(bytes(10 * WINDOW), end=True))
    await asyncio.sleep(0.05)

    way.outflow.close()

    await asyncio.wait_for(sending, 20)
    assert way.on_the_way == WINDOW


async def test_a_finished_flow_gives_what_has_arrived_a_closed_one_nothing() -> None:
    finished, closed = _Way(WINDOW), _Way(WINDOW)
    for way in (finished, closed):
        way.inflow.put({}, b"arrived")
    finished.inflow.finish()
    closed.inflow.close()

    assert await finished.inflow.take() == ({}, b"arrived")
    assert await finished.inflow.take() is None
    assert await closed.inflow.take() is None
