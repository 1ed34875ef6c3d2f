"""How long to wait after a look that found nothing, and a wait that can be cut short."""

from __future__ import annotations

import asyncio
import random

POLL_SECONDS = 0.1
"""How often an idle queue is polled where host.json says nothing."""


class Backoff:
    """The wait between polls of an idle queue.

    Without ``longest`` it is constant: locally an answer at once is worth a little work. With
    ``longest``, from host.json's ``maxPollingInterval``, it grows from 100 ms as in Azure, with the
    same random fifth up or down.
    https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger#polling-algorithm
    """

    def __init__(self, longest: float | None, shortest: float = POLL_SECONDS) -> None:
        self._longest = longest
        self._shortest = shortest
        self._misses = 0

    def after_nothing(self) -> float:
        """Return the seconds to wait now."""
        if self._longest is None:
            return self._shortest
        grown = self._shortest * 2 ** min(self._misses, 30) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load
        self._misses += 1
        return float(min(max(grown, self._shortest), self._longest))

    def reset(self) -> None:
        """Note that something was found."""
        self._misses = 0


class Nap:
    """A wait that :meth:`wake` ends early; a wake before the wait counts."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def wake(self) -> None:
        """End the wait, or the next one."""
        self._event.set()

    async def sleep(self, seconds: float | None) -> None:
        """Wait for a time, or until woken where it is None."""
        timer = None
        if seconds is not None:
            timer = asyncio.get_running_loop().call_later(seconds, self._event.set)
        try:
            await self._event.wait()
        finally:
            if timer:
                timer.cancel()
        self._event.clear()
