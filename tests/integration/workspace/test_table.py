"""Rows of a real Azurite whose answers break off: each change is made once, and known to be."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
from tests.fault_proxy import Fault, FaultProxy, Request

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.table import RowConflictError, Table, created, deleted, etag_of


class Spoiled:
    """A table behind a proxy that can be told to spoil the next change."""

    def __init__(self, table: Table, proxy: FaultProxy) -> None:
        self.table = table
        self._fault: Fault | None = None
        proxy.plan = self._next

    @contextmanager
    def next_change(self, fault: Fault) -> Iterator[None]:
        """Spoil the first change in the block."""
        self._fault = fault
        yield
        assert self._fault is None, "nothing was changed"

    def _next(self, request: Request) -> Fault | None:
        if request.method == "GET":
            return None
        fault, self._fault = self._fault, None
        return fault


@pytest.fixture
async def spoiled(connection: str) -> AsyncIterator[Spoiled]:
    parts = dict(one.split("=", 1) for one in connection.split(";") if one)
    with FaultProxy(parts["TableEndpoint"], silence=0.05) as proxy:
        parts["TableEndpoint"] = proxy.url
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        async with StorageAccount.from_connection_string(text).tables() as service:
            table = Table(service, f"T{uuid.uuid4().hex}")
            await table.insert({"PartitionKey": "p", "RowKey": "first"})
            yield Spoiled(table, proxy)


AFTERWARDS = (Fault.TORN_BODY, Fault.TORN_AFTER, Fault.DONE_500, Fault.SILENT)


@pytest.mark.parametrize("fault", AFTERWARDS)
async def test_an_insert_whose_answer_is_lost_is_known_to_be_made(
    spoiled: Spoiled, fault: Fault
) -> None:
    row = {"PartitionKey": "p", "RowKey": "a", "Value": "1"}
    with spoiled.next_change(fault):
        etag = await spoiled.table.insert(row)

    found = await spoiled.table.get("p", "a")
    assert found is not None
    assert (found["Value"], etag_of(found)) == ("1", etag)
    with pytest.raises(RowConflictError):
        await spoiled.table.insert(row)


@pytest.mark.parametrize("fault", AFTERWARDS)
async def test_a_transaction_whose_answer_is_lost_is_known_to_be_made(
    spoiled: Spoiled, fault: Fault
) -> None:
    before = await spoiled.table.get("p", "first")
    assert before is not None
    with spoiled.next_change(fault):
        await spoiled.table.submit(
            {"PartitionKey": "p", "RowKey": "a"},
            None,
            [created({"PartitionKey": "p", "RowKey": "b"}), deleted(before, etag_of(before))],
        )

    found = [row["RowKey"] async for row in spoiled.table.rows("p")]
    assert found == ["a", "b"]


@pytest.mark.parametrize("fault", AFTERWARDS)
async def test_a_change_whose_answer_is_lost_is_known_to_be_made(
    spoiled: Spoiled, fault: Fault
) -> None:
    before = await spoiled.table.get("p", "first")
    assert before is not None
    with spoiled.next_change(fault):
        etag = await spoiled.table.replace(
            {"PartitionKey": "p", "RowKey": "first", "Value": "2"}, etag_of(before)
        )

    found = await spoiled.table.get("p", "first")
    assert found is not None
    assert (found["Value"], etag_of(found)) == ("2", etag)
