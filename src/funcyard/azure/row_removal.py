"""Rows of Table Storage removed in numbers: in transactions, each thing's rows all or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from azure.data.tables import TableTransactionError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from azure.data.tables.aio import TableClient

_MOST: Final = 100
"""Operations of a transaction:
https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions"""

_NOT_FOUND: Final = 404


async def remove_rows(table: TableClient, partition: str, things: Sequence[Sequence[str]]) -> None:
    """Remove rows of a partition; those that are gone are no fault.

    Args:
        table: Whose.
        partition: In which.
        things: The keys of each thing's rows, at most 100; they go together.

    Raises:
        AzureError: Storage refuses or cannot be reached; what went is whole things.
    """
    for batch in _batches(things):
        keys = [key for thing in batch for key in thing]
        if not await _removed(table, partition, keys):
            for thing in batch:
                if not await _removed(table, partition, thing):
                    for key in thing:
                        await table.delete_entity(partition, key)


async def _removed(table: TableClient, partition: str, keys: Sequence[str]) -> bool:
    """Remove rows all at once; return False where one of them is gone, and so none went."""
    operations: list[Any] = [("delete", {"PartitionKey": partition, "RowKey": key}) for key in keys]
    try:
        await table.submit_transaction(operations)
    except TableTransactionError as fault:
        if fault.status_code != _NOT_FOUND:
            raise
        return False
    return True


def _batches(things: Sequence[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    batch: list[Sequence[str]] = []
    size = 0
    for thing in things:
        if batch and size + len(thing) > _MOST:
            yield batch
            batch, size = [], 0
        batch.append(thing)
        size += len(thing)
    if batch:
        yield batch
