"""Logs of executions, wherever they run: live from here, or as far as storage has them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows.executions.logbook import log_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workflows.executions.payloads import Payloads
    from funcyard.workflows.executions.store import Store
    from funcyard.workflows.executor import Executor

_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class LogPart:
    """A part of a log.

    Attributes:
        entries: ``time``, ``level``, ``source`` and ``text`` of each.
        next: The place to go on from.
        over: Whether nothing follows.
    """

    entries: list[dict[str, Any]]
    next: int
    over: bool


class LogReading:
    """Reads logs.

    Args:
        store: Tells whether an execution is over, and has the short logs.
        payloads: Has the others.
        executor: Has those of what runs here.
    """

    def __init__(self, store: Store, payloads: Payloads, executor: Executor) -> None:
        self._store = store
        self._payloads = payloads
        self._executor = executor

    async def part(self, organization: str, execution: str, after: int = 0) -> LogPart:
        """Return what is known of a log from a place on.

        Raises:
            NoSuchExecutionError: There is no such execution.
        """
        record = await self._store.get(organization, execution)
        name = log_name(organization, execution)
        book = self._executor.book(execution)
        if record.logs is not None:
            return _part(record.logs.encode()[after:], after, over=True)
        if book is not None and after >= book.base:
            return _part(book.read(after), after, over=False)
        text = await self._payloads.read(name, after) or b""
        return _part(text, after, over=record.execution.status.final)

    async def follow(
        self, organization: str, execution: str, after: int = 0
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield a log's entries as they come, until the execution is over.

        Raises:
            NoSuchExecutionError: There is no such execution.
        """
        place = after
        while True:
            book = self._executor.book(execution)
            waiting = None if book is None else asyncio.create_task(book.news())
            part = await self.part(organization, execution, place)
            for entry in part.entries:
                yield entry
            place = part.next
            if part.over:
                return
            if not part.entries:
                pause = asyncio.create_task(asyncio.sleep(_LOOK_SECONDS))
                either = [pause] if waiting is None else [pause, waiting]
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
                pause.cancel()
            if waiting is not None:
                waiting.cancel()


def _part(text: bytes, start: int, *, over: bool) -> LogPart:
    """Return the whole lines of a text; what is left of a line is read again."""
    end = text.rfind(b"\n") + 1
    entries = [json.loads(line) for line in text[:end].splitlines()]
    return LogPart(entries, start + end, over)
