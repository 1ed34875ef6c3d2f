"""2,000 queue messages: none lost, repeats counted, and the rate beside Azurite's own limit.

A round puts all messages and ends when the last has been given to the function. The peer gets and
deletes them in a process of its own, as the host does, and nothing more: on the same Azurite, with
the same asynchronous SDK and event loop, as many at a time, polled as often. Both in turn,
three rounds each, medians.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

import uvloop
from tests.bench.machinery import print_ratio, print_value
from tests.bench.queue_app import notes_of, queue_client, running_queue_app

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from azure.storage.queue import QueueMessage
    from azure.storage.queue.aio import QueueClient
    from tests.bench.machinery import Running

_MESSAGES = 2000
_ROUNDS = 3
_PUTTING = 8
_BATCH = 16
_AT_A_TIME = 24
_POLL = 0.1
_LIMIT = "limit"
_PATIENCE = 120
_REPEATS_COME_WITHIN = 3.0


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory() as text,
        running_queue_app(Path(text)) as running,
    ):
        uvloop.run(_measure(running))


async def _measure(running: Running) -> None:
    ours, peer = [], []
    storage = running.connection_string
    async with queue_client(storage) as queue, queue_client(storage, _LIMIT) as limit:
        await limit.create_queue()
        with ProcessPoolExecutor(1, get_context("spawn")) as drainer:
            drainer.submit(warm_up).result()
            for index in range(_ROUNDS):
                peer.append(await _peer(limit, drainer, storage))
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


async def _peer(queue: QueueClient, drainer: Executor, connection_string: str) -> float:
    began = time.time()
    draining = asyncio.get_running_loop().run_in_executor(drainer, drain, connection_string)
    await _put(queue, [f"{number}" for number in range(_MESSAGES)])
    return _MESSAGES / (await draining - began)


def drain(connection_string: str) -> float:
    """Get and delete all messages; return when the last had been got, in seconds since 1970."""
    return uvloop.run(_drain(connection_string))


async def _drain(connection_string: str) -> float:
    left = _MESSAGES
    running: set[asyncio.Task[None]] = set()
    async with queue_client(connection_string, _LIMIT) as queue:
        while left:
            if len(running) > _AT_A_TIME - _BATCH:
                _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                continue
            messages: list[QueueMessage] = []
            pages = queue.receive_messages(
                messages_per_page=_BATCH, visibility_timeout=_PATIENCE
            ).by_page()
            async for page in pages:
                messages = [message async for message in page]
                break
            left -= len(messages)
            running |= {asyncio.create_task(_delete(queue, message)) for message in messages}
            if not messages:
                await asyncio.sleep(_POLL)
        moment = time.time()
        await asyncio.gather(*running)
    return moment


def warm_up() -> None:
    """Let the process of the peer come up before it is measured."""


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
