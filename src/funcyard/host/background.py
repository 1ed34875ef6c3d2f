"""What an app does beside what it is asked: tasks that are ended with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Background:
    """Tasks between their start and the app's end.

    Args:
        failed: Told the fault with which one ended.
    """

    def __init__(self, failed: Callable[[FuncyardError], None]) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Coroutine[Any, Any, object]) -> None:
        """Begin something whose result nobody waits for."""

        async def quietly() -> None:
            try:
                await work
            except FuncyardError as fault:
                self._failed(fault)

        task = asyncio.get_running_loop().create_task(quietly())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Cancel all of it, and wait until it is over."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
