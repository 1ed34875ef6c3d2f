"""2,000 queue messages: none lost, repeats counted, and the rate beside Azurite's own limit.

A round puts all messages and ends when the last has been worked on. The peer does nothing with
them: it puts, gets and deletes on the same Azurite, with the same asynchronous SDK, as many at a
time and the same batches. Both in turn, three rounds each, medians.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.machinery import print_ratio, print_value
from tests.bench.queue_app import notes_of, queue_client, running_queue_app

if TYPE_CHECKING:
    from azure.storage.queue import QueueMessage
    from azure.storage.queue.aio import QueueClient
    from tests.bench.machinery import Running

_MESSAGES = 2000
_ROUNDS = 3
_PUTTING = 8
_BATCH = 16
_AT_A_TIME = 24
_POLL = 0.1
_PATIENCE = 120
_REPEATS_COME_WITHIN = 3.0


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory() as text,
        running_queue_app(Path(text)) as running,
    ):
        asyncio.run(_measure(running))


async def _measure(running: Running) -> None:
    ours, peer = [], []
    async with queue_client(running) as queue, queue_client(running, "limit") as limit:
        await limit.create_queue()
        for index in range(_ROUNDS):
            peer.append(await _peer(limit))
            ours.append(await _ours(running, queue, index))
        await asyncio.sleep(_REPEATS_COME_WITHIN)
        left = (await queue.get_queue_properties()).approximate_message_count
    counted = Counter(identity for identity, _ in notes_of(running))
    wanted = {f"{index}-{number}" for index in range(_ROUNDS) for number in range(_MESSAGES)}
    total = f"{_MESSAGES:,} queue messages, {_ROUNDS} times"
    print_value(f"{total}: lost", f"{len(wanted - counted.keys()):,}", target="0")
    print_value(f"{total}: repeated", f"{counted.total() - len(counted):,}", target="0")
    print_value(f"{total}: left in the queue", f"{left:,}", target="0")
    print_ratio(
        "queue messages per second, put to done",
        statistics.median(ours),
        "Azurite's limit",
        statistics.median(peer),
        target="printed",
    )


async def _ours(running: Running, queue: QueueClient, index: int) -> float:
    """Return messages per second; what is still missing after the patience counts as lost."""
    before = len({identity for identity, _ in notes_of(running)})
    began = time.time()
    await _put(queue, [f"{index}-{number}" for number in range(_MESSAGES)])
    deadline = time.monotonic() + _PATIENCE
    while len({identity for identity, _ in notes_of(running)}) < before + _MESSAGES:
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(_POLL)
    while (await queue.get_queue_properties()).approximate_message_count:
        if time.monotonic() > deadline:
            break
        await asyncio.sleep(_POLL)
    return _MESSAGES / (max(moment for _, moment in notes_of(running)) - began)


async def _peer(queue: QueueClient) -> float:
    began = time.time()
    putting = asyncio.create_task(_put(queue, [f"{number}" for number in range(_MESSAGES)]))
    left = _MESSAGES
    running: set[asyncio.Task[None]] = set()
    while left or running:
        messages = []
        if left and len(running) <= _AT_A_TIME - _BATCH:
            pages = queue.receive_messages(
                messages_per_page=_BATCH, visibility_timeout=_PATIENCE
            ).by_page()
            async for page in pages:
                messages = [message async for message in page]
                break
            left -= len(messages)
            running |= {asyncio.create_task(_delete(queue, message)) for message in messages}
        if running:
            _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
        elif not messages:
            await asyncio.sleep(0)
    await putting
    return _MESSAGES / (time.time() - began)


async def _delete(queue: QueueClient, message: QueueMessage) -> None:
    await queue.delete_message(message)


async def _put(queue: QueueClient, texts: list[str]) -> None:
    left = iter(texts)

    async def put_some() -> None:
        for text in left:
            await queue.send_message(text)

    await asyncio.gather(*(put_some() for _ in range(_PUTTING)))


if __name__ == "__main__":
    main()
