"""Executions that nobody looks after any more, found by whose they are and never by their age.

An execution whose engine lives may run for hours. One whose engine is dead runs again where it is
asynchronous and has not been lost too often, and has failed otherwise: truthfully, nobody knows how
far it came. One that waits and whose message must have been seen long ago gets another message.
Every step is taken under the record's ETag, so engines may recover at the same time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from funcyard.workflows.executions.model import Failure, Status, now
from funcyard.workflows.executions.store import MovedOnError

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.workflows.engines import Engines
    from funcyard.workflows.executions.listing import Listing
    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.executions.record import Record
    from funcyard.workflows.executions.store import Store
    from funcyard.workflows.messages import Messages

_RESEND: Final = timedelta(seconds=120)
"""A message unseen for so long is sent again: twice does no harm."""


class Recovery:
    """Looks through what is not over.

    Args:
        store: Where executions are recorded.
        listing: Finds those that are not over.
        engines: Tells which engines live.
        messages: Has executions run again.
        losses: How often an execution may lose its engine before it fails.
        holds: Whether this engine looks after an execution of its own: it may have claimed one
            and never been told so.
    """

    def __init__(
        self,
        store: Store,
        listing: Listing,
        engines: Engines,
        messages: Messages,
        losses: int,
        holds: Callable[[str], bool],
    ) -> None:
        self._store = store
        self._listing = listing
        self._engines = engines
        self._messages = messages
        self._losses = losses
        self._holds = holds

    async def sweep(self) -> None:
        """Look at every organisation's executions that are not over, once."""
        living = await self._engines.look()
        for organization in await self._engines.organizations():
            async for record in self._listing.active(organization):
                try:
                    await self._mend(record, living)
                except MovedOnError:
                    continue  # somebody was faster

    async def _mend(self, record: Record, living: set[str]) -> None:
        execution = record.execution
        if execution.status is Status.PENDING:
            if execution.queued_at is not None and now() - execution.queued_at > _RESEND:
                await self._queue(record)
        elif self._is_looked_after(execution, living):
            if execution.status is Status.CANCELLING:
                await self._engines.signal(execution.owner, execution.organization, execution.id)
        elif execution.status is Status.CANCELLING:
            await self._store.end(record, status=Status.CANCELLED, finished_at=now())
        elif execution.mode == "async" and execution.losses + 1 < self._losses:
            await self._queue(record, losses=execution.losses + 1)
        else:
            times = execution.losses + 1
            told = "the engine that ran it was lost" + (f", {times} times" if times > 1 else "")
            failure = Failure("EngineLost", f"{told}; how far it came is not known")
            await self._store.end(
                record, status=Status.FAILED, failure=failure, losses=times, finished_at=now()
            )

    def _is_looked_after(self, execution: Execution, living: set[str]) -> bool:
        if execution.owner == self._engines.own:
            return self._holds(execution.id)
        return execution.owner in living

    async def _queue(self, record: Record, *, losses: int | None = None) -> None:
        execution = record.execution
        count = execution.losses if losses is None else losses
        moved = await self._store.move(
            record, status=Status.PENDING, owner="", queued_at=now(), losses=count
        )
        await self._messages.send(moved.execution.organization, moved.execution.id)
