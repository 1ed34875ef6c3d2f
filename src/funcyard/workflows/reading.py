"""What is known of executions: as they stand, what they were given and returned, what they log."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from funcyard.workflows.logreading import LogPart, LogReading

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.executor import Executor
    from funcyard.workflows.storage import Storage


class Reading:
    """Reads executions of every engine; changes none.

    Every method that takes an id raises ``NoSuchExecutionError`` where the organisation has no
    execution of it.

    Attributes:
        page: Returns an organisation's executions, a page at a time (``executions/listing.py``).

    Args:
        storage: Where they are recorded.
        executor: Has the logs of what runs here.
    """

    def __init__(self, storage: Storage, executor: Executor) -> None:
        self._store = storage.store
        self.page = storage.listing.page
        self._logs = LogReading(storage.store, storage.payloads, executor)

    async def get(self, organization: str, execution: str) -> Execution:
        """Return an execution as it stands."""
        return (await self._store.get(organization, execution)).execution

    async def parameters(self, organization: str, execution: str) -> dict[str, Any]:
        """Return what an execution was given."""
        record = await self._store.get(organization, execution)
        found: dict[str, Any] = json.loads(await self._store.parameters(record))
        return found

    async def result(self, organization: str, execution: str) -> str | None:
        """Return what an execution returned, as JSON; None where it returned nothing yet."""
        return await self._store.result(await self._store.get(organization, execution))

    async def logs(self, organization: str, execution: str, after: int = 0) -> LogPart:
        """Return a part of an execution's log."""
        return await self._logs.part(organization, execution, after)

    def follow(
        self, organization: str, execution: str, after: int = 0
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield an execution's log as it grows, until it is over."""
        return self._logs.follow(organization, execution, after)
