"""Work that a request begins and nobody waits for; one that does not end well is logged.

Of one kind of work only one runs at a time for each scope: what is asked for meanwhile is done once
more after it, however often it was asked for. So a burst of pushes or saves costs little more than
its last.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from funcyard.workspace.scopes import Scope

_log = logging.getLogger("funcyard.platform")
_tasks: set[asyncio.Task[Any]] = set()


class Repeated:
    """One kind of work.

    Args:
        work: What is done for a scope.
        at_once: For how many scopes at a time.
    """

    def __init__(self, work: Callable[[Scope], Awaitable[object]], at_once: int) -> None:
        self._work = work
        self._free = asyncio.Semaphore(at_once)
        self._asked_again: dict[Scope, bool] = {}

    def ask(self, scope: Scope) -> None:
        """Have it done, from now on at the earliest."""
        if scope in self._asked_again:
            self._asked_again[scope] = True
        else:
            self._asked_again[scope] = False
            begin(self._run(scope))

    async def _run(self, scope: Scope) -> None:
        try:
            async with self._free:
                while True:
                    self._asked_again[scope] = False
                    await self._work(scope)
                    if not self._asked_again[scope]:
                        break
        finally:
            del self._asked_again[scope]


def begin(work: Coroutine[Any, Any, Any]) -> None:
    """Begin work; nobody waits for it."""
    task = asyncio.create_task(work)
    _tasks.add(task)
    task.add_done_callback(_done)


def _done(task: asyncio.Task[Any]) -> None:
    _tasks.discard(task)
    fault = None if task.cancelled() else task.exception()
    if fault is not None:  # whoever needs what was to be done meets it again
        unforeseen = None if isinstance(fault, FuncyardError) else fault
        _log.warning("what was begun beside did not end well: %s", fault, exc_info=unforeseen)
