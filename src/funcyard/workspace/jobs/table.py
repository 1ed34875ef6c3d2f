"""The table of jobs: added once, moved on under their ETag, found by what they are asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import UserError
from funcyard.workspace.jobs import rows
from funcyard.workspace.scopes import Scope
from funcyard.workspace.table import RowConflictError, Table, created, deleted, etag_of

if TYPE_CHECKING:
    from azure.data.tables.aio import TableServiceClient

    from funcyard.workspace.jobs.model import Job, Status

TABLE: Final = "GitHubSyncJobs"


class NoSuchJobError(UserError):
    """The scope has no such job."""

    code = "sync-job-not-found"


@dataclass(frozen=True, slots=True)
class Record:
    """A job as it was read, with what is needed to change it."""

    job: Job
    etag: str


@dataclass(frozen=True, slots=True)
class Reservation:
    """Which job was asked for a commit last.

    Attributes:
        job: None where it is not there: not yet, or because who asked died.
        at: When it was asked for.
        etag: Of the row that says so.
    """

    job: Job | None
    at: datetime
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

    async def add(self, job: Job) -> None:
        """Keep a new job.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        await self._know(job.scope)
        await self._table.insert(rows.to_row(job))

    async def reserve(self, job: Job, instead_of: Reservation | None = None) -> Reservation | None:
        """Say that a job is the one of its commit; return the one that was said to be before.

        Args:
            job: That is to be added next.
            instead_of: What is known to be said, and counts no more.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        row = rows.reservation(job)
        try:
            if instead_of is None:
                await self._table.insert(row)
            else:
                await self._table.replace(row, instead_of.etag)
        except RowConflictError:
            found = await self._table.get(row["PartitionKey"], row["RowKey"])
            if found is None:
                raise
            said = datetime.fromisoformat(found["ReservedAt"])
            record = await self.find(job.scope, found["JobId"])
            return Reservation(None if record is None else record.job, said, etag_of(found))
        return None

    async def find(self, scope: Scope, identity: str) -> Record | None:
        """Return a job of a scope, None where there is none of that id."""
        for place in (rows.ACTIVE, rows.ENDED):
            row = await self._table.get(scope.name, f"{place}:{identity}")
            if row is not None:
                return Record(rows.from_row(row), etag_of(row))
        return None

    async def get(self, scope: Scope, what: str) -> Job:
        """Return a job by its id, or the newest of a commit.

        Raises:
            NoSuchJobError: There is none.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        found = await self.find(scope, what)
        if found is not None:
            return found.job
        low, high = rows.range_of(rows.ACTIVE)
        waiting = self._table.rows(scope.name, low, high, limit=1, equal={rows.COMMIT: what})
        async for row in waiting:
            return rows.from_row(row)
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
        found: dict[str, Job] = {}
        standing = {} if status is None else {"Status": status.value}
        # What ends meanwhile is in both: who is not over is read first, so none is in neither.
        prefixes = [] if status is not None and status.final else [rows.ACTIVE]
        if status is None or status.final:
            prefixes.append(rows.ENDED if status is None else f"s:{status}")
        for prefix in prefixes:
            low, high = rows.range_of(prefix, after)
            reading = self._table.rows(scope.name, low, high, limit=limit + 1, equal=standing)
            async for row in reading:
                job = rows.from_row(row)
                found[job.id] = job
        jobs = [found[one] for one in sorted(found)[: limit + 1]]
        return Page(jobs[:limit], jobs[limit - 1].id if len(jobs) > limit else "")

    async def active(self, scope: Scope, *, limit: int | None = None) -> list[Record]:
        """Return a scope's jobs that are queued or run, newest first, all or so many."""
        low, high = rows.range_of(rows.ACTIVE)
        return [
            Record(rows.from_row(row), etag_of(row))
            async for row in self._table.rows(scope.name, low, high, limit=limit)
        ]

    async def change(self, record: Record, **changes: Any) -> Record:  # noqa: ANN401 - of a job
        """Change a job that is not over; where that ends it, list it by what it is looked for.

        Raises:
            RowConflictError: It is not as it was read any more.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        job = replace(record.job, **changes)
        row = rows.to_row(job)
        if not job.status.final:
            return Record(job, await self._table.replace(row, record.etag))
        others = [created(one) for one in rows.index_rows(job)]
        others.append(deleted(rows.to_row(record.job), record.etag))
        return Record(job, await self._table.submit(row, None, others))

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
