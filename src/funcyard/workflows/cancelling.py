"""Executions ended early: by their record where they wait, else by whoever runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.workflows.errors import AlreadyEndedError
from funcyard.workflows.executions.model import Status, now
from funcyard.workflows.executions.store import MovedOnError

if TYPE_CHECKING:
    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.executor import Executor
    from funcyard.workflows.storage import Storage


class Cancelling:
    """Ends executions, of this engine and of others.

    Args:
        storage: Where they are recorded, and where engines tell each other what to end.
        executor: Ends what runs here.
    """

    def __init__(self, storage: Storage, executor: Executor) -> None:
        self._storage = storage
        self._executor = executor

    async def cancel(self, organization: str, execution: str, caller: str) -> Execution:
        """End an execution: at once where it waits, else soon, wherever it runs.

        Raises:
            NoSuchExecutionError: The organisation has none of that id.
            AlreadyEndedError: It is over.
        """
        store = self._storage.store
        while True:
            record = await store.get(organization, execution)
            found = record.execution
            if found.status.final:
                raise AlreadyEndedError(f"the execution {execution} has ended: {found.status}")
            try:
                if found.status is Status.PENDING:
                    return await store.end(
                        record, status=Status.CANCELLED, finished_at=now(), cancelled_by=caller
                    )
                if found.status is Status.RUNNING:
                    record = await store.move(record, status=Status.CANCELLING, cancelled_by=caller)
            except MovedOnError:
                continue
            if not self._executor.cancel(execution):
                await self._storage.engines.signal(found.owner, organization, execution)
            return record.execution

    async def obey(self) -> None:
        """End what others have asked this engine to end."""
        if self._executor.count:
            for execution in await self._storage.engines.signals():
                self._executor.cancel(execution)
