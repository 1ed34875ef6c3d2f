"""The table of jobs: added once, moved on under their ETag, found by what they are asked for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from azure.data.tables import UpdateMode

from funcyard.errors import UserError
from funcyard.workspace.jobs import rows
from funcyard.workspace.jobs.model import Status
from funcyard.workspace.scopes import Scope
from funcyard.workspace.table import RowConflictError, Table, changed, etag_of

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient

    from funcyard.workspace.jobs.model import Job

TABLE: Final = "GitHubSyncJobs"
_MOST_AT_ONCE: Final = 500


class NoSuchJobError(UserError):
    """The scope has no such job."""

    code = "sync-job-not-found"


@dataclass(frozen=True, slots=True)
class Record:
    """A job as it was read, with what is needed to change it."""

    job: Job
    etag: str


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, newest first.

    Attributes:
        jobs: Some of them.
        next: What asks for the rest; empty where there is none.
    """

    jobs: list[Job]
    next: str


class JobTable:
    """The table.

    Args:
        service: The account's table service. The caller closes it.
        name: The table's.
    """

    def __init__(self, service: TableServiceClient, name: str = TABLE) -> None:
        self._table = Table(service, name)
        self._known: set[Scope] = set()

    async def add(self, job: Job) -> Job:
        """Keep a new job, unless it is there already; return the one that is.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        await self._know(job.scope)
        operations: list[tuple[Any, ...]] = [("create", rows.status_row(job))]
        if job.delivery:
            operations.append(("create", rows.delivery_row(job)))
        if job.commit:
            pointer = await self._table.get(job.scope.name, rows.queued_row(job)["RowKey"])
            if pointer is not None:
                queued = await self.find(job.scope, pointer["JobId"])
                if queued is not None and queued.job.status is Status.QUEUED:
                    return queued.job
            operations.append(changed(rows.queued_row(job), pointer))
            operations.append(("create", rows.commit_row(job, job.commit)))
        try:
            await self._table.submit(rows.to_row(job), None, operations)
        except RowConflictError:
            same = await self._same(job)
            if same is None:
                raise
            return same
        return job

    async def _same(self, job: Job) -> Job | None:
        """Return the job of the same delivery, or that was queued meanwhile for the same commit."""
        keys = [rows.delivery_row(job)["RowKey"]] if job.delivery else []
        keys += [rows.queued_row(job)["RowKey"]] if job.commit else []
        for key in keys:
            pointer = await self._table.get(job.scope.name, key)
            found = None if pointer is None else await self.find(job.scope, pointer["JobId"])
            if found is not None:
                return found.job
        return None

    async def find(self, scope: Scope, identity: str) -> Record | None:
        """Return a job of a scope, None where there is none of that id."""
        row = await self._table.get(scope.name, f"j:{identity}")
        return None if row is None else Record(rows.from_row(row), etag_of(row))

    async def get(self, scope: Scope, what: str) -> Job:
        """Return a job by its id, or the newest of a commit.

        Raises:
            NoSuchJobError: There is none.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        found = await self.find(scope, what)
        if found is None:
            low, high = rows.range_of(f"c:{what}")
            async for pointer in self._table.rows(scope.name, low, high, limit=1):
                found = await self.find(scope, pointer["JobId"])
        if found is None:
            raise NoSuchJobError(f"{scope} has no job {what[:80]}")
        return found.job

    async def newest(self, scope: Scope) -> Job | None:
        """Return the job of a scope that was asked for last."""
        page = await self.page(scope, limit=1)
        return page.jobs[0] if page.jobs else None

    async def page(
        self, scope: Scope, *, status: Status | None = None, limit: int = 20, after: str = ""
    ) -> Page:
        """Return jobs, newest first, a page at a time.

        Args:
            scope: Whose.
            status: Only those that stand there.
            limit: How many at most.
            after: ``next`` of the page before.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        low, high = rows.range_of("j" if status is None else f"s:{status.value}", after)
        found = [
            rows.from_row(row)
            async for row in self._table.rows(scope.name, low, high, limit=limit + 1)
        ]
        return Page(found[:limit], found[limit - 1].id if len(found) > limit else "")

    async def standing(self, scope: Scope, status: Status) -> list[Record]:
        """Return a scope's jobs that stand somewhere, newest first, as they are now."""
        page = await self.page(scope, status=status, limit=_MOST_AT_ONCE)
        found = await asyncio.gather(*(self.find(scope, job.id) for job in page.jobs))
        return [one for one in found if one is not None and one.job.status is status]

    async def change(self, record: Record, **changes: Any) -> Record:  # noqa: ANN401 - of a job
        """Change a job and what it is listed by.

        Raises:
            RowConflictError: It is not as it was read any more.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        was, job = record.job, replace(record.job, **changes)
        others: list[tuple[Any, ...]] = []
        if job.status is was.status:
            others.append(("upsert", rows.status_row(job), {"mode": UpdateMode.REPLACE}))
        else:
            others.append(("delete", rows.status_row(was)))
            others.append(("create", rows.status_row(job)))
        if job.commit and not was.commit:
            others.append(("create", rows.commit_row(job, job.commit)))
        etag = await self._table.submit(rows.to_row(job), record.etag, others)
        return Record(job, etag)

    async def renew(self, record: Record, **changes: Any) -> Record:  # noqa: ANN401 - of a job
        """Change what a job is not listed with: its lease.

        Raises:
            RowConflictError: It is not as it was read any more.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        job = replace(record.job, **changes)
        return Record(job, await self._table.replace(rows.to_row(job), record.etag))

    async def scopes(self) -> list[Scope]:
        """Return every scope that ever had a job."""
        return [Scope(row["RowKey"]) async for row in self._table.rows(rows.SCOPES)]

    async def _know(self, scope: Scope) -> None:
        if scope in self._known:
            return
        row = {"PartitionKey": rows.SCOPES, "RowKey": scope.name}
        if await self._table.get(rows.SCOPES, scope.name) is None:
            with suppress(RowConflictError):
                await self._table.insert(row)
        self._known.add(scope)
