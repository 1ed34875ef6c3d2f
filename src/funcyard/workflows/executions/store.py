"""Executions in Table Storage: recorded, moved on under their ETag, ended in one transaction.

Inserts and transactions may have landed though their answer was lost; each knows how to find out,
so that a repeated try neither fails nor doubles anything.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.data.tables import TableTransactionError, UpdateMode

from funcyard.azure.errors import (
    AzureNotFoundError,
    AzureUnreachableError,
    azure_error,
    azure_errors,
)
from funcyard.azure.retries import RETRIES, pause_seconds
from funcyard.workflows.errors import IdempotencyConflictError, NoSuchExecutionError
from funcyard.workflows.executions import rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from azure.data.tables.aio import TableServiceClient

    from funcyard.workflows.executions.model import Execution, Status
    from funcyard.workflows.executions.payloads import Payloads

TABLE: Final = "WorkflowExecutions"
_INLINE: Final = 30_000
"""Characters that a property of a row takes for sure: 64 KiB in UTF-16."""

_PRECONDITION_FAILED: Final = 412
_NOT_FOUND: Final = 404
_CONFLICT: Final = 409


class MovedOnError(Exception):
    """Somebody else has changed the execution meanwhile: read it again."""


@dataclass(frozen=True, slots=True)
class Record:
    """An execution as it was read, with what is needed to change it."""

    execution: Execution
    etag: str
    row: rows.Row

    @property
    def logs(self) -> str | None:
        """What it has logged, where that lies in the row."""
        found = self.row.get("Logs")
        return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, newest first.

    Attributes:
        next: What asks for the rest; empty where there is none.
    """

    executions: list[Execution]
    next: str


class Store:
    """The table of executions and their payloads."""

    def __init__(self, service: TableServiceClient, payloads: Payloads) -> None:
        self._service = service
        self._table = service.get_table_client(TABLE)
        self._payloads = payloads

    async def provision(self) -> None:
        """Make the table where it is not there."""
        with azure_errors("making the table of executions"):
            await self._service.create_table_if_not_exists(TABLE)

    async def add(self, execution: Execution, given: str, key: str = "") -> tuple[Record, bool]:
        """Record a new execution; return its record and whether it is new.

        Args:
            execution: Not over.
            given: Its parameters as JSON.
            key: An idempotency key: the second use leads to the execution of the first.

        Raises:
            IdempotencyConflictError: The key was used with another workflow or other parameters.
        """
        row = rows.to_row(execution, rows.ACTIVE)
        if len(given) <= _INLINE:
            row["Parameters"] = given
        else:
            await self._payloads.write(_input_name(execution), given.encode())
        if key:
            return await self._add_once(execution, row, key, given)
        with azure_errors("recording the execution"):
            etag = await self._insert(row)
        return Record(execution, etag, row), True

    async def get(self, organization: str, identity: str) -> Record:
        """Return an execution.

        Raises:
            NoSuchExecutionError: There is none of that id.
        """
        # It may be moved from the first place to the second between two looks.
        for prefix in (rows.ACTIVE, rows.ENDED, rows.ACTIVE, rows.ENDED):
            row = await self._row(organization, f"{prefix}:{identity}")
            if row is not None:
                return _record(row)
        raise NoSuchExecutionError(f"{organization} has no execution {identity[:80]}")

    async def parameters(self, record: Record) -> str:
        """Return what an execution was given, as JSON."""
        if "Parameters" in record.row:
            return str(record.row["Parameters"])
        return (await self._payloads.read(_input_name(record.execution)) or b"{}").decode()

    async def result(self, record: Record) -> str | None:
        """Return what an execution returned, as JSON; None where it returned nothing."""
        if "Result" in record.row:
            return str(record.row["Result"])
        if "ResultBlob" not in record.row:
            return None
        return (await self._payloads.read(record.row["ResultBlob"]) or b"null").decode()

    async def move(self, record: Record, **changes: Any) -> Record:  # noqa: ANN401 - of Execution
        """Change an execution that is not over and stays so.

        Raises:
            MovedOnError: It is not as it was read any more.
        """
        execution = replace(record.execution, **changes)
        row = {**rows.to_row(execution, rows.ACTIVE), **_kept(record.row)}
        _add_trace(row, execution)
        with azure_errors("changing the execution"):
            try:
                answer = await self._table.update_entity(
                    row,
                    mode=UpdateMode.REPLACE,
                    etag=record.etag,
                    match_condition=MatchConditions.IfNotModified,
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                # Perhaps changed by this very call, its answer lost.
                found = await self._row(execution.organization, row["RowKey"])
                if found is not None and _same(found, row):
                    return _record(found)
                raise MovedOnError(execution.id) from None
        return Record(execution, answer["etag"], row)

    async def end(
        self,
        record: Record,
        *,
        value: str | None = None,
        logs: str | None = None,
        **changes: Any,  # noqa: ANN401 - of Execution
    ) -> Execution:
        """Bring an execution to its end, in one transaction.

        Args:
            record: Not over.
            value: What it returned, as JSON.
            logs: What it logged, where that is little and lies nowhere yet.
            changes: Of the execution, its final status among them.

        Raises:
            MovedOnError: It is not as it was read any more.
        """
        execution = replace(record.execution, owner="", **changes)
        row = {**rows.to_row(execution, rows.ENDED), **_kept(record.row)}
        _add_trace(row, execution)
        if value is not None and len(value) <= _INLINE:
            row["Result"] = value
        elif value is not None:
            row["ResultBlob"] = _result_name(execution)
            await self._payloads.write(row["ResultBlob"], value.encode())
        if logs is not None:
            row["Logs"] = logs
        unchanged = {"etag": record.etag, "match_condition": MatchConditions.IfNotModified}
        operations: list[Any] = [("delete", _key(record.row), unchanged), ("create", row)]
        operations += [("create", one) for one in rows.to_index_rows(execution)]

        async def landed() -> bool:
            found = await self._row(execution.organization, row["RowKey"])
            return found is not None and _same(found, row)

        with azure_errors("ending the execution"):
            try:
                await self._surely(lambda: self._table.submit_transaction(operations), landed)
            except TableTransactionError as fault:
                if fault.status_code not in {_PRECONDITION_FAILED, _NOT_FOUND, _CONFLICT}:
                    raise
                raise MovedOnError(execution.id) from None
        return execution

    async def page(
        self,
        organization: str,
        *,
        status: Status | None = None,
        workflow: str = "",
        caller: str = "",
        limit: int = 50,
        after: str = "",
    ) -> Page:
        """Return executions, newest first, a page at a time.

        Args:
            organization: Whose.
            status: Only those that stand there.
            workflow: Only those of that workflow.
            caller: Only those that somebody started.
            limit: How many at most.
            after: ``next`` of the page before.
        """
        wanted = {"Workflow": workflow, "Caller": caller}
        if status is not None:
            wanted["Status"] = status.value
        filters = {column: value for column, value in wanted.items() if value}
        if workflow:
            prefix = f"w:{workflow}"
        elif caller:
            prefix = f"u:{rows.hashed(caller)}"
        elif status is not None:
            prefix = f"s:{status.value}"
        else:
            prefix = rows.ENDED
        ranges = [] if status is not None and status.final else [rows.ACTIVE]
        ranges += [] if status is not None and not status.final else [prefix]
        lists = await asyncio.gather(
            *(self._range(organization, one, after, filters, limit) for one in ranges)
        )
        found = {one.id: one for part in lists for one in part}
        ordered = sorted(found.values(), key=lambda one: one.id)
        page = ordered[:limit]
        more = len(ordered) > limit or any(len(part) == limit for part in lists)
        return Page(page, page[-1].id if more and page else "")

    async def active(self, organization: str) -> AsyncIterator[Record]:
        """Yield every execution of an organisation that is not over."""
        with azure_errors("looking for executions that are not over"):
            async for row in self._query(organization, rows.ACTIVE, "", {}):
                yield _record(row)

    async def _add_once(
        self, execution: Execution, row: rows.Row, key: str, given: str
    ) -> tuple[Record, bool]:
        digest = rows.hashed(json.dumps([execution.scope, execution.workflow, given]))
        keyed = {
            "PartitionKey": execution.organization,
            "RowKey": f"k:{rows.hashed(key)}",
            "Execution": execution.id,
            "Input": digest,
        }

        async def landed() -> bool:
            found = await self._row(execution.organization, keyed["RowKey"])
            return found is not None and found["Execution"] == execution.id

        operations: list[Any] = [("create", keyed), ("create", row)]
        with azure_errors("recording the execution"):
            try:
                await self._surely(lambda: self._table.submit_transaction(operations), landed)
            except TableTransactionError as fault:
                if fault.status_code != _CONFLICT:
                    raise
            else:
                return await self.get(execution.organization, execution.id), True
            first = await self._row(execution.organization, keyed["RowKey"])
        if first is None or first["Input"] != digest:
            raise IdempotencyConflictError(
                "the idempotency key was used before, with another workflow or other parameters",
                hint="use a key of its own for every request that differs",
            )
        return await self.get(execution.organization, first["Execution"]), False

    async def _insert(self, row: rows.Row) -> str:
        async def insert() -> str:
            return str((await self._table.create_entity(row))["etag"])

        try:
            return str(await self._surely(insert, None))
        except ResourceExistsError:
            # The id is new: it landed, its answer was lost.
            found = await self._row(row["PartitionKey"], row["RowKey"])
            if found is None:
                raise
            return _record(found).etag

    async def _surely(
        self,
        work: Callable[[], Awaitable[Any]],
        landed: Callable[[], Awaitable[bool]] | None,
    ) -> Any:  # noqa: ANN401 - whatever the client answers
        """Do what the client does not repeat by itself, until there is an answer.

        Args:
            work: An insert or a transaction.
            landed: Tells after a failed repetition whether an earlier try was carried out.
        """
        for retry in range(1, RETRIES + 2):
            try:
                return await work()
            except (AzureError, TimeoutError) as fault:
                if not isinstance(azure_error(fault, "writing"), AzureUnreachableError):
                    if retry > 1 and landed is not None and await landed():
                        return None
                    raise
                if retry > RETRIES:
                    raise
            await asyncio.sleep(pause_seconds(retry))
        raise AssertionError("the last try returns or raises")

    async def _row(self, organization: str, key: str) -> rows.Row | None:
        try:
            with azure_errors("reading the execution"):
                return cast("rows.Row", await self._table.get_entity(organization, key))
        except AzureNotFoundError:
            return None

    async def _range(
        self, organization: str, prefix: str, after: str, filters: dict[str, str], limit: int
    ) -> list[Execution]:
        found: list[Execution] = []
        with azure_errors("listing executions"):
            async for row in self._query(organization, prefix, after, filters, limit):
                found.append(rows.from_row(row))
                if len(found) == limit:
                    break
        return found

    def _query(
        self,
        organization: str,
        prefix: str,
        after: str,
        filters: dict[str, str],
        limit: int | None = None,
    ) -> AsyncIterator[rows.Row]:
        low, high = rows.range_of(prefix, after)
        conditions = ["PartitionKey eq @organization", "RowKey gt @low", "RowKey lt @high"]
        conditions += [f"{column} eq @{column}" for column in filters]
        found = self._table.query_entities(
            " and ".join(conditions),
            parameters={"organization": organization, "low": low, "high": high, **filters},
            results_per_page=limit,
        )
        return cast("AsyncIterator[rows.Row]", found)


def _record(row: Any) -> Record:  # noqa: ANN401 - the client's entity
    return Record(rows.from_row(row), str(row.metadata["etag"]), dict(row))


def _key(row: rows.Row) -> rows.Row:
    return {"PartitionKey": row["PartitionKey"], "RowKey": row["RowKey"]}


def _kept(row: rows.Row) -> rows.Row:
    """Return what a row holds besides the execution."""
    return {name: row[name] for name in ("Parameters",) if name in row}


def _add_trace(row: rows.Row, execution: Execution) -> None:
    if execution.failure is not None:
        row["FailureTraceback"] = execution.failure.traceback


def _same(found: rows.Row, written: rows.Row) -> bool:
    """Whether a row is the one that was written: states, attempt, owner and times."""
    names = ("Status", "Attempt", "Losses", "Owner", "StartedAt", "FinishedAt", "QueuedAt")
    return all(found.get(name) == written.get(name) for name in names)


def _input_name(execution: Execution) -> str:
    return f"inputs/{execution.organization}/{execution.id}.json"


def _result_name(execution: Execution) -> str:
    return f"results/{execution.organization}/{execution.id}-{execution.attempt}.json"
