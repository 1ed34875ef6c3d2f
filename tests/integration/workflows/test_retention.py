"""What ended long ago is cleared away, and nothing else, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from tests.integration.workflows.platform import HEAD, Platform, ended

from funcyard.azure.row_ids import new_id
from funcyard.workflows.errors import IdempotencyConflictError, NoSuchExecutionError
from funcyard.workflows.executions.listing import Listing
from funcyard.workflows.executions.model import Execution, Status, now
from funcyard.workflows.executions.payloads import Payloads
from funcyard.workflows.executions.retention import Retention
from funcyard.workflows.executions.store import Store
from funcyard.workflows.executions.table import ExecutionTable

LARGE = "x" * 40_000
CODE = f"""{HEAD}
@workflow(execution_mode="sync")
@param("text")
def echo(text):
    print(text)
    return text

@workflow()
@param("text")
def later(text):
    return text
"""


async def nothing_counts(_: str) -> str | None:
    return None


class Parts:
    """The storage of executions, and what clears it."""

    def __init__(self, table: ExecutionTable, payloads: Payloads, organization: str) -> None:
        self.table = table
        self.payloads = payloads
        self.store = Store(table, payloads)
        self.listing = Listing(table)
        self.retention = Retention(table, payloads, nothing_counts)
        self.organization = organization

    async def add(self, given: str = "{}", key: str = "") -> Execution:
        made = Execution(self.organization, new_id(), "w", self.organization, "async", "ann", now())
        return (await self.store.add(made, given, key))[0].execution

    async def end(self, one: Execution, value: str = "1", at: datetime | None = None) -> None:
        record = await self.store.get(self.organization, one.id)
        status = Status.SUCCESS
        await self.store.end(record, status=status, finished_at=at or now(), value=value)

    async def keys(self) -> set[str]:
        """Every row of the organisation."""
        between = self.table.between(self.organization, "", "\uffff")
        return {row["RowKey"] async for row in between}

    async def blobs(self) -> set[str]:
        """The names of the organisation's blobs."""
        names = [name async for name in self.payloads.names("")]
        return {name for name in names if f"/{self.organization}/" in name}


@asynccontextmanager
async def parts(made: Platform) -> AsyncIterator[Parts]:
    async with made.account.tables() as tables, made.account.blobs() as blobs:
        table, payloads = ExecutionTable(tables), Payloads(blobs)
        await table.provision()
        await payloads.provision()
        yield Parts(table, payloads, made.org)


async def pause() -> datetime:
    """Return a moment of its own: ids tell milliseconds."""
    await asyncio.sleep(0.005)
    moment = now()
    await asyncio.sleep(0.005)
    return moment


async def test_what_ended_before_goes_whole_and_what_came_after_stays(made: Platform) -> None:
    async with parts(made) as here:
        for number in range(30):
            await here.end(await here.add(key=f"old-{number}"))
        moment = await pause()
        kept = [await here.add(key=f"new-{number}") for number in range(3)]
        await here.end(kept[0])
        left = {key for key in await here.keys() if kept[0].id in key}
        assert len(left) == 4

        assert await here.retention.executions(here.organization, moment, 100) == 30

        active = {f"a:{one.id}" for one in kept[1:]}
        assert {key for key in await here.keys() if not key.startswith("k:")} == left | active
        assert len([key for key in await here.keys() if key.startswith("k:")]) == 3
        page = await here.listing.page(here.organization)
        assert [one.id for one in page.executions] == sorted(one.id for one in kept)


async def test_what_is_not_over_or_ended_lately_stays_however_old_it_is(made: Platform) -> None:
    async with parts(made) as here:
        waits, lately = await here.add(), await here.add()
        moment = await pause()
        await here.end(lately)
        before = await here.keys()
        assert await here.retention.executions(here.organization, moment, 100) == 0
        assert await here.keys() == before
        assert (await here.store.get(here.organization, waits.id)).execution == waits


async def test_a_run_does_so_much_and_the_next_goes_on(made: Platform) -> None:
    async with parts(made) as here:
        for _ in range(7):
            await here.end(await here.add())
        moment = await pause()
        went = [await here.retention.executions(here.organization, moment, 3) for _ in range(4)]
        assert went == [3, 3, 1, 0]
        assert await here.keys() == set()


async def test_two_that_clear_away_at_once_do_no_harm(made: Platform) -> None:
    async with parts(made) as here:
        for number in range(40):
            await here.end(await here.add(key=str(number)))
        moment = await pause()
        runs = [here.retention.executions(here.organization, moment, 100) for _ in range(3)]
        await asyncio.gather(*runs)
        assert await here.keys() == set()


async def test_blobs_go_with_their_executions_and_those_that_nobody_has(made: Platform) -> None:
    async with parts(made) as here:
        old = await here.add(json.dumps(LARGE))
        await here.end(old, json.dumps(LARGE))
        never = f"inputs/{here.organization}/{new_id()}.json"
        await here.payloads.write(never, b"{}")
        await here.payloads.append(f"logs/{here.organization}/{old.id}.jsonl", b"{}\n", 0)
        waits = await here.add(json.dumps(LARGE))
        moment = await pause()
        new = await here.add(json.dumps(LARGE))
        await here.end(new, json.dumps(LARGE))
        assert len(await here.blobs()) == 7

        await here.retention.executions(here.organization, moment, 100)
        await here.retention.payloads(moment, 10_000)

        organization = here.organization
        assert await here.blobs() == {
            f"inputs/{organization}/{waits.id}.json",
            f"inputs/{organization}/{new.id}.json",
            f"results/{organization}/{new.id}-1.json",
        }
        record = await here.store.get(organization, new.id)
        assert await here.store.result(record) == json.dumps(LARGE)


async def test_a_key_is_free_again_when_its_execution_is_gone(made: Platform) -> None:
    async with parts(made) as here:
        first = await here.add(key="once")
        await here.end(first)
        moment = await pause()
        assert (await here.add(key="once")).id == first.id
        await here.retention.executions(here.organization, moment, 100)
        again = await here.add('{"other": 1}', key="once")
        assert again.id != first.id


async def test_a_second_call_with_a_key_leaves_no_input_behind(made: Platform) -> None:
    async with parts(made) as here:
        first = await here.add(json.dumps(LARGE), key="once")
        assert (await here.add(json.dumps(LARGE), key="once")).id == first.id
        with pytest.raises(IdempotencyConflictError):
            await here.add(json.dumps(LARGE + "other"), key="once")
        assert await here.blobs() == {f"inputs/{here.organization}/{first.id}.json"}


async def test_what_is_read_while_it_is_cleared_away_is_whole_or_not_there(made: Platform) -> None:
    async with parts(made) as here:
        one = await here.add(json.dumps(LARGE))
        await here.end(one, json.dumps(LARGE))
        record = await here.store.get(here.organization, one.id)
        moment = await pause()
        await here.retention.executions(here.organization, moment, 100)
        await here.retention.payloads(moment, 10_000)
        for read in (here.store.result, here.store.parameters):
            with pytest.raises(NoSuchExecutionError):
                await read(record)


async def test_an_engine_clears_away_beside_what_runs(made: Platform) -> None:
    made.publish(CODE)
    engine = await made.engine()
    await made.host(engine)
    old = [await made.run(engine, "echo", text=f"{number} {LARGE}") for number in range(3)]
    moment = await pause()
    running = asyncio.gather(*(made.run(engine, "echo", text=LARGE) for _ in range(5)))
    queued = await engine.execute(made.org, "later", {"text": LARGE}, caller="a", mode="async")
    cleared = await engine.clear_away(moment, 10_000)
    assert cleared.executions >= len(old)
    for one in old:
        with pytest.raises(NoSuchExecutionError):
            await engine.executions.get(made.org, one.id)
    assert {one.status for one in await running} == {Status.SUCCESS}
    done = await ended(engine, queued)
    assert json.loads(await engine.executions.result(made.org, done.id) or "") == LARGE
    page = await engine.executions.page(made.org)
    assert len(page.executions) == 6


async def test_registries_go_unless_their_version_counts(made: Platform) -> None:
    old = made.publish(CODE)
    engine = await made.engine()
    await engine.published(made.org)
    new = made.publish(CODE + "\n# changed\n")
    await engine.published(made.org)
    async with parts(made) as here:
        folder = f"registries/{made.org}"
        assert await here.blobs() == {f"{folder}/{old}.json", f"{folder}/{new}.json"}
        await engine.clear_away(now() + timedelta(hours=1), 10_000)
        assert await here.blobs() == {f"{folder}/{new}.json"}
    assert (await made.value(engine, "echo", text="still")) == "still"
