"""From putting a queue message to its function's first line, the queue being idle.

Messages are put at random moments, one at a time. The time runs from before the call of the storage
SDK, so it holds the putting too; the function notes its moment by the same clock.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.machinery import print_value
from tests.bench.queue_app import notes_of, queue_client, running_queue_app

if TYPE_CHECKING:
    from tests.bench.machinery import Running

_MESSAGES = 200
_FIRST = 5
_PAUSES = (0.1, 0.4)
_PATIENCE = 30.0


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory() as text,
        running_queue_app(Path(text)) as running,
    ):
        seconds = asyncio.run(_measure(running))
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    for name, value, target in (("p50", cuts[49], "150"), ("p99", cuts[98], "500")):
        print_value(
            f"queue message put to function started, {name}",
            f"{value * 1000:.0f} ms",
            target=f"under {target} ms",
        )


async def _measure(running: Running) -> list[float]:
    began: dict[str, float] = {}
    async with queue_client(running.connection_string) as queue:
        for index in range(-_FIRST, _MESSAGES):
            await asyncio.sleep(random.uniform(*_PAUSES))  # noqa: S311 - no secret
            moment = time.time()
            await queue.send_message(str(index))
            if index >= 0:
                began[str(index)] = moment
        deadline = time.monotonic() + _PATIENCE
        while not began.keys() <= (started := dict(notes_of(running))).keys():
            if time.monotonic() > deadline:
                raise SystemExit(f"{len(began.keys() - started.keys())} messages never came")
            await asyncio.sleep(0.1)
    return [started[identity] - moment for identity, moment in began.items()]


if __name__ == "__main__":
    main()
