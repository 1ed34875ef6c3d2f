"""Runs many small tasks, a few at a time; the first fault stops the rest, none is cut off."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Bounded:
    """Runs coroutines; ``async with`` it, all have ended when it is left.

    A fault of one is raised by the next :meth:`start`, or at the end. Those that run then are
    waited for, not cancelled: a write that is cut off would leave its pieces behind.

    Args:
        limit: How many at a time.
    """

    def __init__(self, limit: int) -> None:
        self._free = asyncio.Semaphore(limit)
        self._running: set[asyncio.Task[None]] = set()
        self._fault: BaseException | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, fault: BaseException | None, trace: object) -> None:
        while self._running:
            await asyncio.wait(self._running)
        if fault is None and self._fault is not None:
            raise self._fault

    async def start(self, work: Coroutine[object, object, object]) -> None:
        """Run a coroutine as soon as there is room; return when it has begun."""
        try:
            await self._free.acquire()
        except asyncio.CancelledError:
            work.close()
            raise
        if self._fault is not None:
            work.close()
            self._free.release()
            raise self._fault
        task = asyncio.create_task(self._run(work))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, work: Coroutine[object, object, object]) -> None:
        try:
            await work
        except BaseException as fault:  # noqa: BLE001 - raised where the caller waits
            self._fault = self._fault or fault
        finally:
            self._free.release()
