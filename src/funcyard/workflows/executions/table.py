"""The table of executions, row by row: read, listed between two keys, and surely written.

Azure's client repeats neither an insert nor a transaction whose answer was lost. Both may have
landed, so each is written here with what tells whether it did, and a repeated try neither fails nor
doubles anything.
"""

from __future__ import annotations

import asyncio
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
    error_code,
)
from funcyard.azure.retries import RETRIES, pause_seconds
from funcyard.azure.row_removal import remove_rows
from funcyard.workflows.executions import rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from azure.data.tables.aio import TableServiceClient

TABLE: Final = "WorkflowExecutions"
_TAKEN: Final = frozenset({404, 409, 412})
_NO_TABLE: Final = "TableNotFound"


class ChangedError(Exception):
    """A row is not as it was thought to be: gone, changed, or there already."""


class ExecutionTable:
    """The table.

    Every method raises ``AzureFailedError`` where storage refuses or cannot be reached.

    Args:
        service: The account's table service. The caller closes it.
    """

    def __init__(self, service: TableServiceClient) -> None:
        self._service = service
        self._client = service.get_table_client(TABLE)

    async def provision(self) -> None:
        """Make the table where it is not there."""
        with azure_errors("making the table of executions"):
            await self._service.create_table_if_not_exists(TABLE)

    async def row(self, organization: str, key: str) -> rows.Row | None:
        """Return a row, None where there is none."""
        try:
            with azure_errors("reading the execution"):
                return cast("rows.Row", await self._client.get_entity(organization, key))
        except AzureNotFoundError:
            return None

    async def has(self, organization: str, identity: str) -> bool:
        """Whether an organisation has an execution of that id."""
        for prefix in (rows.ACTIVE, rows.ENDED):  # an execution ends, and never begins again
            if await self.row(organization, f"{prefix}:{identity}") is not None:
                return True
        return False

    async def between(
        self, organization: str, low: str, high: str, *, limit: int | None = None, **equal: str
    ) -> AsyncIterator[rows.Row]:
        """Yield the rows of an organisation between two keys, both left out, by key.

        Args:
            organization: Whose.
            low: Where to begin.
            high: Where to end.
            limit: How many at most; None for all.
            equal: Only rows with these values, by column.
        """
        conditions = ["PartitionKey eq @organization", "RowKey gt @low", "RowKey lt @high"]
        conditions += [f"{column} eq @{column}" for column in equal]
        left = limit
        with azure_errors("listing executions"):
            found = self._client.query_entities(
                " and ".join(conditions),
                parameters={"organization": organization, "low": low, "high": high, **equal},
                results_per_page=limit,
            )
            async for row in found:
                yield cast("rows.Row", row)
                left = None if left is None else left - 1
                if left == 0:
                    return

    async def insert(self, row: rows.Row) -> str:
        """Make a row whose key nobody else has, and return its ETag."""

        async def insert() -> str:
            return str((await self._client.create_entity(row))["etag"])

        with azure_errors("recording the execution"):
            try:
                return str(await self._surely(insert, None))
            except ResourceExistsError:
                # The key is new: it landed, its answer was lost.
                found = await self.row(row["PartitionKey"], row["RowKey"])
                if found is None:
                    raise
                return etag_of(found)

    async def replace(self, row: rows.Row, etag: str) -> str:
        """Change a row, if it still has that ETag, and return its new one.

        Raises:
            ChangedError: It has another, or is gone; or it was this very call that changed it.
        """
        with azure_errors("changing the execution"):
            try:
                answer = await self._client.update_entity(
                    row,
                    mode=UpdateMode.REPLACE,
                    etag=etag,
                    match_condition=MatchConditions.IfNotModified,
                )
            except (ResourceModifiedError, ResourceNotFoundError):
                raise ChangedError(row["RowKey"]) from None
            return str(answer["etag"])

    async def submit(
        self,
        operations: Sequence[tuple[Any, ...]],
        landed: Callable[[], Awaitable[bool]],
        doing: str,
    ) -> None:
        """Change rows of one organisation, all or none.

        Args:
            operations: As the client takes them.
            landed: Tells after a failed repetition whether an earlier try was carried out.
            doing: In words, for a message.

        Raises:
            ChangedError: One of them is not as it was thought to be.
        """
        with azure_errors(doing):
            try:
                await self._surely(lambda: self._client.submit_transaction(operations), landed)
            except TableTransactionError as fault:
                if fault.status_code not in _TAKEN or error_code(fault) == _NO_TABLE:
                    raise
                raise ChangedError(doing) from None

    async def remove(self, organization: str, things: Sequence[Sequence[str]]) -> None:
        """Remove rows: see :func:`funcyard.azure.row_removal.remove_rows`."""
        with azure_errors("clearing executions away"):
            await remove_rows(self._client, organization, things)

    async def _surely(
        self,
        work: Callable[[], Awaitable[Any]],
        landed: Callable[[], Awaitable[bool]] | None,
    ) -> Any:  # noqa: ANN401 - whatever the client answers
        """Do what the client does not repeat by itself, until there is an answer."""
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


def etag_of(row: rows.Row) -> str:
    """Return the ETag of a row that was read."""
    return str(cast("Any", row).metadata["etag"])


def deleted(row: rows.Row, etag: str) -> tuple[Any, ...]:
    """Return the operation of :meth:`ExecutionTable.submit` that removes a row of that ETag."""
    key = {name: row[name] for name in ("PartitionKey", "RowKey")}
    return ("delete", key, {"etag": etag, "match_condition": MatchConditions.IfNotModified})
