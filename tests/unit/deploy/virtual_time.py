"""A loop whose time goes on at once when everybody waits: hours take no time, and are counted."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

_T = TypeVar("_T")


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; its time is set before it runs."""

    virtual = 0.0

    def time(self) -> float:
        return self.virtual

    def _run_once(self) -> None:
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]
        while scheduled and scheduled[0].cancelled():
            heapq.heappop(scheduled)._scheduled = False  # noqa: SLF001  as asyncio does
            self._timer_cancelled_count -= 1  # type: ignore[attr-defined]
        if not ready and scheduled:
            self.virtual = max(self.virtual, scheduled[0].when())
        super()._run_once()  # type: ignore[misc]


@dataclass
class Timeline:
    """Time that goes on from run to run, each in a loop of its own, killed or not.

    Attributes:
        now: When the last run ended.
    """

    now: float = 0.0

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        """Run work from now on."""
        loop = VirtualLoop()
        loop.virtual = self.now
        try:
            return loop.run_until_complete(work)
        finally:
            left = asyncio.all_tasks(loop)
            for task in left:
                task.cancel()
            loop.run_until_complete(asyncio.wait(left) if left else asyncio.sleep(0))
            self.now = loop.time()
            loop.close()


def run(work: Coroutine[Any, Any, _T]) -> _T:
    """Run work from time zero."""
    return Timeline().run(work)
