"""Workers whose code is no longer the newest: they finish what they run, and take nothing new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.host.process import Worker

DRAIN_SECONDS: Final = 30.0
"""How long what runs may take to finish when its worker is to end."""


class Retiring:
    """The workers of one app that drain."""

    def __init__(self) -> None:
        self._workers: set[Worker] = set()

    def __iter__(self) -> Iterator[Worker]:
        return iter(tuple(self._workers))

    async def retire(self, previous: Worker, worker: Worker) -> None:
        """Drain the old worker, then tell the new one that what the old one held is free.

        A stream that goes on is not cut short by new code; functionTimeout ends it, too.
        """
        self._workers.add(previous)
        try:
            await previous.drain(DRAIN_SECONDS, while_streaming=True)
        finally:
            self._workers.discard(previous)
        worker.activate()
