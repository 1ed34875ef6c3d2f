"""A table of Table Storage whose rows are changed under their ETag, whatever the network does.

Azure's client does not repeat an insert or a transaction whose answer was lost, and a repeated
change meets the ETag that its own first try made. So each row carries the mark of the change that
wrote it, and a refusal or a torn connection is followed by a look whether that change is there.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, cast

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceExistsError, ResourceNotFoundError
from azure.data.tables import UpdateMode

from funcyard.azure.errors import AzureUnreachableError, azure_errors
from funcyard.azure.retries import RETRIES, pause_seconds
from funcyard.azure.row_removal import remove_rows
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from azure.data.tables.aio import TableServiceClient

Row = dict[str, Any]

_MARK: Final = "Change"
_CONFLICTS: Final = frozenset({404, 409, 412})
_UNCHANGED: Final = MatchConditions.IfNotModified


class RowConflictError(FuncyardError):
    """Somebody else made, changed or removed the row meanwhile: read it again."""

    code = "row-changed-meanwhile"


class Table:
    """A table, made when something is first written.

    Args:
        service: The account's table service. The caller closes it.
        name: Of the table.
    """

    def __init__(self, service: TableServiceClient, name: str) -> None:
        self._name = name
        self._client = service.get_table_client(name)

    async def get(self, partition: str, key: str) -> Row | None:
        """Return a row, its ETag by :func:`etag_of`; None where there is none.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        with azure_errors(f"reading the table {self._name}"):
            try:
                return cast("Row", await self._client.get_entity(partition, key))
            except ResourceNotFoundError:
                return None

    async def insert(self, row: Row) -> str:
        """Make a row and return its ETag.

        Raises:
            RowConflictError: There is one.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        marked = _marked(row)
        return await self._surely(marked, lambda: self._client.create_entity(marked))

    async def replace(self, row: Row, etag: str) -> str:
        """Change a row, if it still has that ETag, and return its new one.

        Raises:
            RowConflictError: It has another, or is gone.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        marked = _marked(row)
        return await self._surely(
            marked,
            lambda: self._client.update_entity(
                marked, mode=UpdateMode.REPLACE, etag=etag, match_condition=_UNCHANGED
            ),
        )

    async def submit(
        self, row: Row, etag: str | None, others: Sequence[tuple[Any, ...]] = ()
    ) -> str:
        """Change a row and others of its partition, all or none; return the row's new ETag.

        Args:
            row: The one that tells whether it was done.
            etag: Its own now; None makes it.
            others: Further operations, of :func:`created` and :func:`deleted`.

        Raises:
            RowConflictError: One of them is not as it was thought to be.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        marked = _marked(row)
        first = created(marked)
        if etag is not None:
            options = {"mode": UpdateMode.REPLACE, "etag": etag, "match_condition": _UNCHANGED}
            first = ("update", marked, options)

        async def work() -> Mapping[str, Any]:
            answers = await self._client.submit_transaction([first, *others])
            return answers[0]

        return await self._surely(marked, work)

    async def delete(self, row: Row, etag: str) -> None:
        """Remove a row, if it still has that ETag; one that is gone is no fault.

        Raises:
            RowConflictError: It has another.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        with azure_errors(f"changing the table {self._name}"):
            try:
                await self._client.delete_entity(
                    row["PartitionKey"], row["RowKey"], etag=etag, match_condition=_UNCHANGED
                )
            except AzureError as fault:
                if getattr(fault, "status_code", None) not in _CONFLICTS:
                    raise
                if await self.get(row["PartitionKey"], row["RowKey"]) is not None:
                    raise self._conflict() from None

    async def clear(self, partition: str, things: Sequence[Sequence[str]]) -> None:
        """Remove rows of a partition: see :func:`funcyard.azure.row_removal.remove_rows`.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        with azure_errors(f"clearing the table {self._name}"):
            await remove_rows(self._client, partition, things)

    async def rows(
        self,
        partition: str,
        low: str = "",
        high: str = "\uffff",
        *,
        limit: int | None = None,
        equal: Mapping[str, str] | None = None,
    ) -> AsyncIterator[Row]:
        """Yield the rows of a partition between two keys, both left out, by key.

        Args:
            partition: Whose.
            low: Where to begin.
            high: Where to end.
            limit: How many at most; None for all.
            equal: Only rows with these values, by column.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        conditions = ["PartitionKey eq @partition", "RowKey gt @low", "RowKey lt @high"]
        conditions += [f"{column} eq @{column}" for column in equal or {}]
        found = self._client.query_entities(
            " and ".join(conditions),
            parameters={"partition": partition, "low": low, "high": high, **(equal or {})},
            results_per_page=limit,
        )
        left = limit
        with azure_errors(f"reading the table {self._name}"):
            try:
                async for row in found:
                    yield cast("Row", row)
                    left = None if left is None else left - 1
                    if left == 0:
                        return
            except ResourceNotFoundError:
                return

    async def _surely(self, row: Row, work: Callable[[], Awaitable[Mapping[str, Any]]]) -> str:
        """Do what may have been done already, until it is known."""
        for retry in range(1, RETRIES + 2):
            try:
                with azure_errors(f"changing the table {self._name}"):
                    return await self._answered(work)
            except AzureUnreachableError:
                if (etag := await self._landed(row)) is not None:
                    return etag
                if retry > RETRIES:
                    raise
            except RowConflictError:
                if (etag := await self._landed(row)) is not None:
                    return etag
                raise
            await asyncio.sleep(pause_seconds(retry))
        raise AssertionError("the last try returns or raises")

    async def _answered(self, work: Callable[[], Awaitable[Mapping[str, Any]]]) -> str:
        for made in (False, True):
            try:
                return str((await work())["etag"])
            except AzureError as fault:
                status = getattr(fault, "status_code", None)
                if status == HTTPStatus.NOT_FOUND and not made:  # perhaps of the table itself
                    with suppress(ResourceExistsError):
                        await self._client.create_table()
                    continue
                if status in _CONFLICTS:
                    raise self._conflict() from None
                raise
        raise AssertionError("the last try returns or raises")

    async def _landed(self, row: Row) -> str | None:
        """Return the ETag of a row where the change that carries its mark was made."""
        try:
            found = await self.get(row["PartitionKey"], row["RowKey"])
        except AzureUnreachableError:
            return None
        return etag_of(found) if found is not None and found.get(_MARK) == row[_MARK] else None

    def _conflict(self) -> RowConflictError:
        return RowConflictError(f"a row of the table {self._name} was changed by somebody else")


def etag_of(row: Row) -> str:
    """Return the ETag of a row that was read."""
    return str(cast("Any", row).metadata["etag"])


def created(row: Row) -> tuple[Any, ...]:
    """Return the operation of :meth:`Table.submit` that makes a row."""
    return ("create", row)


def deleted(row: Row, etag: str) -> tuple[Any, ...]:
    """Return the operation of :meth:`Table.submit` that removes a row, if it has that ETag."""
    return ("delete", row, {"etag": etag, "match_condition": _UNCHANGED})


def _marked(row: Row) -> Row:
    return {**row, _MARK: uuid.uuid4().hex}
