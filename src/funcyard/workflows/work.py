"""Work that is done to its end once it has begun, whoever asked for it and has gone meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from funcyard.workflows.errors import EngineBusyError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from funcyard.workflows.executor import Executor

_Answer = TypeVar("_Answer")


class Work:
    """What an engine has begun and not ended.

    Args:
        executor: Tells whether the engine stops: nothing begins then.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._tasks: set[asyncio.Task[Any]] = set()

    def check(self) -> None:
        """Refuse to begin anything while the engine stops.

        Raises:
            EngineBusyError: It does.
        """
        if self._executor.stopping:
            raise EngineBusyError("the engine is being closed")

    async def own(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Do something to its end, also where who asked has gone meanwhile.

        Raises:
            EngineBusyError: The engine stops.
        """
        try:
            self.check()
        except EngineBusyError:
            work.close()
            raise
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def ended(self, seconds: float | None = None) -> None:
        """Wait until all of it has ended, or for so many seconds."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
