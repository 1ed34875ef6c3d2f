"""Lists of executions: whole, newest first, whatever happens to them meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from tests.integration.workflows.platform import Platform

from funcyard.azure.row_ids import new_id
from funcyard.workflows.executions.listing import Listing
from funcyard.workflows.executions.model import Execution, Status, now
from funcyard.workflows.executions.payloads import Payloads
from funcyard.workflows.executions.record import Record
from funcyard.workflows.executions.rows import ACTIVE, Row
from funcyard.workflows.executions.store import Store
from funcyard.workflows.executions.table import ExecutionTable


class _Distant(ExecutionTable):
    """A table that is slow to answer what is not over."""

    async def between(
        self, organization: str, low: str, high: str, *, limit: int | None = None, **equal: str
    ) -> AsyncIterator[Row]:
        if low.startswith(ACTIVE):
            await asyncio.sleep(0.05)
        async for row in super().between(organization, low, high, limit=limit, **equal):
            yield row


@asynccontextmanager
async def _parts(made: Platform) -> AsyncIterator[tuple[Store, Listing]]:
    async with made.account.tables() as tables, made.account.blobs() as blobs:
        table = ExecutionTable(tables)
        await table.provision()
        yield Store(table, Payloads(blobs)), Listing(_Distant(tables))


async def _added(store: Store, made: Platform, workflow: str, caller: str = "ann") -> Record:
    one = Execution(made.org, new_id(), workflow, made.org, "async", caller, now())
    return (await store.add(one, "{}"))[0]


async def test_an_execution_that_ends_while_it_is_listed_is_in_the_list(made: Platform) -> None:
    async with _parts(made) as (store, listing):
        records = [await _added(store, made, "w") for _ in range(25)]
        wanted = {one.execution.id for one in records}
        over = asyncio.Event()

        async def end_them() -> None:
            for one in records:
                await store.end(one, status=Status.SUCCESS, finished_at=now())
            over.set()

        ending = asyncio.create_task(end_them())
        while not over.is_set():
            page = await listing.page(made.org, workflow="w")
            assert {one.id for one in page.executions} == wanted
        await ending


@pytest.mark.parametrize(("workflow", "caller"), [("w", ""), ("", "ann"), ("w", "ann")])
async def test_pages_hold_everything_once_and_the_last_one_says_so(
    made: Platform, workflow: str, caller: str
) -> None:
    async with _parts(made) as (store, listing):
        records = [await _added(store, made, "w") for _ in range(6)]
        for one in records[:3]:
            await store.end(one, status=Status.FAILED, finished_at=now())
        await _added(store, made, "other", "bob")
        seen: list[str] = []
        after, pages = "", 0
        while pages == 0 or after:
            page = await listing.page(
                made.org, workflow=workflow, caller=caller, limit=2, after=after
            )
            seen += [one.id for one in page.executions]
            after, pages = page.next, pages + 1
        assert seen == sorted(one.execution.id for one in records)
        assert pages == 3
