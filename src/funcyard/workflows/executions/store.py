"""Executions as they are kept: recorded, moved on under their ETag, ended in one transaction."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import FuncyardError
from funcyard.workflows.errors import IdempotencyConflictError, NoSuchExecutionError
from funcyard.workflows.executions import rows
from funcyard.workflows.executions.record import Record
from funcyard.workflows.executions.table import ChangedError, deleted

if TYPE_CHECKING:
    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.executions.payloads import Payloads
    from funcyard.workflows.executions.table import ExecutionTable

_INLINE: Final = 30_000
"""Characters that a property of a row takes for sure: 64 KiB in UTF-16."""


class MovedOnError(Exception):
    """Somebody else has changed the execution meanwhile: read it again."""


class Store:
    """Executions and their payloads.

    Every method raises ``AzureFailedError`` where storage refuses or cannot be reached.

    Args:
        table: Of their rows.
        payloads: What is too large for those.
    """

    def __init__(self, table: ExecutionTable, payloads: Payloads) -> None:
        self._table = table
        self._payloads = payloads

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
        return Record(execution, await self._table.insert(row), row), True

    async def get(self, organization: str, identity: str) -> Record:
        """Return an execution.

        Raises:
            NoSuchExecutionError: There is none of that id.
        """
        # It may be moved from the first place to the second between two looks.
        for prefix in (rows.ACTIVE, rows.ENDED, rows.ACTIVE, rows.ENDED):
            row = await self._table.row(organization, f"{prefix}:{identity}")
            if row is not None:
                return Record.of(row)
        raise NoSuchExecutionError(f"{organization} has no execution {identity[:80]}")

    async def parameters(self, record: Record) -> str:
        """Return what an execution was given, as JSON.

        Raises:
            NoSuchExecutionError: It is not kept any more.
        """
        if "Parameters" in record.row:
            return str(record.row["Parameters"])
        return await self._payload(record, _input_name(record.execution))

    async def result(self, record: Record) -> str | None:
        """Return what an execution returned, as JSON; None where it returned nothing.

        Raises:
            NoSuchExecutionError: It is not kept any more.
        """
        if "Result" in record.row:
            return str(record.row["Result"])
        if "ResultBlob" not in record.row:
            return None
        return await self._payload(record, record.row["ResultBlob"])

    async def move(self, record: Record, **changes: Any) -> Record:  # noqa: ANN401 - of Execution
        """Change an execution that is not over and stays so.

        Raises:
            MovedOnError: It is not as it was read any more.
        """
        execution = replace(record.execution, **changes)
        row = {**rows.to_row(execution, rows.ACTIVE), **_kept(record.row)}
        _add_trace(row, execution)
        try:
            return Record(execution, await self._table.replace(row, record.etag), row)
        except ChangedError:
            # Perhaps changed by this very call, its answer lost.
            found = await self._table.row(execution.organization, row["RowKey"])
            if found is not None and _same(found, row):
                return Record.of(found)
            raise MovedOnError(execution.id) from None

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
        operations = [deleted(record.row, record.etag), ("create", row)]
        operations += [("create", one) for one in rows.to_index_rows(execution)]

        async def landed() -> bool:
            found = await self._table.row(execution.organization, row["RowKey"])
            return found is not None and _same(found, row)

        try:
            await self._table.submit(operations, landed, "ending the execution")
        except ChangedError:
            raise MovedOnError(execution.id) from None
        return execution

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
            found = await self._table.row(execution.organization, keyed["RowKey"])
            return found is not None and found["Execution"] == execution.id

        operations: list[Any] = [("create", keyed), ("create", {**row, rows.KEY: keyed["RowKey"]})]
        while True:
            try:
                await self._table.submit(operations, landed, "recording the execution")
            except ChangedError:
                first = await self._table.row(execution.organization, keyed["RowKey"])
            else:
                return await self.get(execution.organization, execution.id), True
            if first is None:
                continue  # it was cleared away at this moment
            if first["Input"] != digest:
                await self._drop_input(execution, row)
                raise IdempotencyConflictError(
                    "the idempotency key was used before, with another workflow or other"
                    " parameters",
                    hint="use a key of its own for every request that differs",
                )
            try:
                found = await self.get(execution.organization, first["Execution"])
            except NoSuchExecutionError:
                continue  # it was cleared away at this moment
            await self._drop_input(execution, row)
            return found, False

    async def _drop_input(self, execution: Execution, row: rows.Row) -> None:
        """Remove what an execution would have been given that was not recorded."""
        if "Parameters" not in row:
            with suppress(FuncyardError):  # else it is cleared away some day
                await self._payloads.remove([_input_name(execution)])

    async def _payload(self, record: Record, name: str) -> str:
        found = await self._payloads.read(name)
        if found is None:
            identity = record.execution.id
            raise NoSuchExecutionError(f"the execution {identity} is not kept any more")
        return found.decode()


def _kept(row: rows.Row) -> rows.Row:
    """Return what a row holds besides the execution."""
    return {name: row[name] for name in ("Parameters", rows.KEY) if name in row}


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
