"""What an engine does beside the executions: again and again, until it is closed."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_log = logging.getLogger(__name__)


class Beside:
    """Turns of work, each kind in a task of its own; one that fails is told of in the log."""

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    def every(
        self, seconds: float, work: Callable[[], Awaitable[None]], *, at_once: bool = False
    ) -> None:
        """Begin to do something about every so many seconds.

        Args:
            seconds: Between two turns at most; a little less by chance, which spreads load.
            work: A turn.
            at_once: Whether the first turn does not wait.
        """
        self._tasks.append(asyncio.create_task(_turns(seconds, work, at_once=at_once)))

    async def close(self) -> None:
        """End all of it, also in the middle of a turn."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _turns(seconds: float, work: Callable[[], Awaitable[None]], *, at_once: bool) -> None:
    while True:
        if not at_once:
            await asyncio.sleep(seconds * random.uniform(0.8, 1.0))  # noqa: S311 - spreads load
        at_once = False
        try:
            await work()
        except FuncyardError as fault:
            _log.warning("%s", fault)
        except Exception:  # noqa: BLE001 - one bad turn must not be the last
            _log.exception("something went wrong beside the executions")
