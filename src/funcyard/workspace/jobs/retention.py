"""Clears away syncs that ended long ago, and what their commits were reserved by.

A job's rows go in one transaction. The reservation of its commit goes before it, if it is still
this job's: a delivery of it that is sent again after that is a push like any other. What is queued
or runs is never touched, nor the last sync of a scope, however old it is.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from funcyard.azure.row_ids import last_since
from funcyard.workspace.jobs import rows
from funcyard.workspace.jobs.table import TABLE
from funcyard.workspace.table import RowConflictError, Table, etag_of

if TYPE_CHECKING:
    from datetime import datetime

    from azure.data.tables.aio import TableServiceClient

    from funcyard.workspace.jobs.model import Job
    from funcyard.workspace.scopes import Scope

_AT_ONCE: Final = 8


class JobRetention:
    """What clears away.

    Args:
        service: The account's table service. The caller closes it.
        name: Of the table of jobs.
    """

    def __init__(self, service: TableServiceClient, name: str = TABLE) -> None:
        self._table = Table(service, name)
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def run(self, scope: Scope, before: datetime, most: int) -> int:
        """Remove a scope's jobs that were asked for and ended before a moment.

        Args:
            scope: Whose.
            before: The moment.
            most: How many at most.

        Returns:
            How many went.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        newest = ""
        async for row in self._table.rows(scope.name, *rows.range_of(rows.ENDED), limit=1):
            newest = rows.from_row(row).id
        low, high = rows.range_of(rows.ENDED, max(last_since(before), newest))
        old = [
            rows.from_row(row) async for row in self._table.rows(scope.name, low, high, limit=most)
        ]
        going = [one for one in old if one.completed_at is None or one.completed_at < before]
        await asyncio.gather(*map(self._forget_reservation, going))
        await self._table.clear(scope.name, [rows.keys(one) for one in going])
        return len(going)

    async def _forget_reservation(self, job: Job) -> None:
        if not job.commit:
            return
        async with self._free:
            row = rows.reservation(job)
            found = await self._table.get(row["PartitionKey"], row["RowKey"])
            if found is not None and found["JobId"] == job.id:
                with suppress(RowConflictError):  # another job has it by now
                    await self._table.delete(found, etag_of(found))
