"""Asynchronous executions: queued, retried, cancelled, found again, once and truthfully."""

from __future__ import annotations

import asyncio
import json

import pytest
from tests.integration.workflows.platform import HEAD, QUICK, Platform, ended, text_of, until

from funcyard.workflows.engine import Engine
from funcyard.workflows.errors import (
    AlreadyEndedError,
    IdempotencyConflictError,
    NoSuchExecutionError,
)
from funcyard.workflows.executions.model import Execution, Status
from funcyard.workflows.limits import EngineLimits, PoolLimits
from funcyard.workflows.messages import MessageError

_BURST = 70
"""More than the engine takes at once."""

CODE = (
    HEAD
    + """
import asyncio, os, pathlib, time

@workflow()
@param("n", type="int")
def echo(n):
    return n

@workflow(retry_policy={"max_attempts": 3, "delay_seconds": 0})
@param("until", type="int")
def flaky(context, until):
    print("attempt", context.attempt)
    if context.attempt < until:
        raise RuntimeError("not yet")
    return context.attempt

@workflow()
@param("mark")
def naps(context, mark):
    pathlib.Path(mark).touch()
    time.sleep(60)

@workflow()
@param("mark")
def looks(context, mark):
    pathlib.Path(mark).touch()
    while not context.cancelled:
        time.sleep(0.02)
    return "stopped by itself"

@workflow()
@param("mark")
async def awaits(context, mark):
    pathlib.Path(mark).touch()
    try:
        await asyncio.sleep(60)
    finally:
        print("awaited no longer")

@workflow()
@param("mark")
def speaks_and_waits(mark):
    print("first")
    while not pathlib.Path(mark).exists():
        time.sleep(0.02)
    print("second")

@workflow()
@param("text")
def size(text):
    return len(text)
"""
)


@pytest.fixture
async def engine(made: Platform) -> Engine:
    made.publish(CODE)
    engine = await made.engine()
    await made.host(engine)
    return engine


async def submit(made: Platform, engine: Engine, workflow: str, **given: object) -> Execution:
    return await engine.execute(made.org, workflow, given, caller="someone")


async def running(made: Platform, engine: Engine, workflow: str) -> Execution:
    """Have a workflow that tells by a file that it runs executed, and wait until it does."""
    mark = made.root / f"{workflow}.mark"
    execution = await submit(made, engine, workflow, mark=str(mark))

    async def begun() -> bool:
        return mark.exists()

    await until(begun)
    return execution


async def test_an_execution_is_pending_first_and_has_its_result_later(
    made: Platform, engine: Engine
) -> None:
    execution = await submit(made, engine, "echo", n="7")
    assert execution.status is Status.PENDING

    over = await ended(engine, execution)

    assert over.status is Status.SUCCESS
    assert await engine.executions.result(made.org, over.id) == "7"
    assert await engine.executions.parameters(made.org, over.id) == {"n": "7"}
    assert over.finished_at is not None
    assert over.started_at is not None
    assert over.created_at <= over.started_at <= over.finished_at


async def test_a_burst_is_executed_to_the_last_each_once(made: Platform, engine: Engine) -> None:
    submitted = await asyncio.gather(
        *(submit(made, engine, "echo", n=number) for number in range(_BURST))
    )

    async def over() -> list[Execution]:
        await asyncio.sleep(0.3)
        page = await engine.executions.page(made.org, limit=2 * _BURST)
        return [one for one in page.executions if one.status.final]

    done = await until(over, lambda found: len(found) == _BURST)
    assert {one.id for one in done} == {one.id for one in submitted}
    assert {one.status for one in done} == {Status.SUCCESS}
    results = await asyncio.gather(*(engine.executions.result(made.org, one.id) for one in done))
    assert sorted(int(result or -1) for result in results) == list(range(_BURST))
    assert {one.attempt for one in done} == {1}


async def test_inputs_larger_than_a_message_or_a_row_arrive_whole(
    made: Platform, engine: Engine
) -> None:
    over = await ended(engine, await submit(made, engine, "size", text="x" * 300_000))

    assert await engine.executions.result(made.org, over.id) == "300000"


async def test_a_failure_is_retried_as_the_policy_says(made: Platform, engine: Engine) -> None:
    over = await ended(engine, await submit(made, engine, "flaky", until=3))

    assert (over.status, over.attempt, over.failure) == (Status.SUCCESS, 3, None)
    assert await text_of(engine, over) == "attempt 1\nattempt 2\nattempt 3"


async def test_retries_end(made: Platform, engine: Engine) -> None:
    over = await ended(engine, await submit(made, engine, "flaky", until=9))

    assert (over.status, over.attempt) == (Status.FAILED, 3)
    assert over.failure is not None
    assert over.failure.message == "not yet"


async def test_an_execution_that_waits_is_cancelled_at_once(made: Platform) -> None:
    made.publish(CODE)
    engine = await made.engine()
    execution = await submit(made, engine, "echo", n=1)

    cancelled = await engine.cancel(made.org, execution.id, "boss")

    assert (cancelled.status, cancelled.cancelled_by) == (Status.CANCELLED, "boss")
    await made.host(engine)
    await asyncio.sleep(0.3)
    assert (await engine.executions.get(made.org, execution.id)).started_at is None


@pytest.mark.parametrize(
    ("workflow", "status"),
    [
        ("naps", Status.CANCELLED),
        ("awaits", Status.CANCELLED),
        ("looks", Status.SUCCESS),
    ],
)
async def test_a_running_execution_is_ended_from_another_engine(
    made: Platform, engine: Engine, workflow: str, status: Status
) -> None:
    other = await made.engine()
    execution = await running(made, engine, workflow)

    asked = await other.cancel(made.org, execution.id, "boss")

    assert asked.status is Status.CANCELLING
    over = await ended(other, execution)
    assert (over.status, over.cancelled_by) == (status, "boss")


async def test_an_asynchronous_workflow_that_is_cancelled_cleans_up(
    made: Platform, engine: Engine
) -> None:
    execution = await running(made, engine, "awaits")

    await engine.cancel(made.org, execution.id, "boss")

    assert "awaited no longer" in await text_of(engine, await ended(engine, execution))


async def test_what_is_over_is_not_cancelled(made: Platform, engine: Engine) -> None:
    over = await ended(engine, await submit(made, engine, "echo", n=1))

    with pytest.raises(AlreadyEndedError):
        await engine.cancel(made.org, over.id, "boss")


async def test_another_organisation_sees_nothing_of_it(made: Platform, engine: Engine) -> None:
    execution = await submit(made, engine, "echo", n=1)

    for ask in (engine.executions.get, engine.executions.result, engine.executions.logs):
        with pytest.raises(NoSuchExecutionError):
            await ask("other", execution.id)


async def test_one_key_is_one_execution(made: Platform, engine: Engine) -> None:
    async def ask(number: int) -> Execution:
        return await engine.execute(made.org, "echo", {"n": number}, caller="a", key="order-7")

    first, *others = await asyncio.gather(*(ask(1) for _ in range(10)))

    assert {one.id for one in others} == {first.id}
    with pytest.raises(IdempotencyConflictError):
        await ask(2)
    assert len((await engine.executions.page(made.org)).executions) == 1


async def test_one_key_is_one_execution_for_callers_that_wait(
    made: Platform, engine: Engine
) -> None:
    async def ask() -> Execution:
        return await engine.execute(
            made.org, "echo", {"n": 1}, caller="a", key="order-7", mode="sync"
        )

    first, *others = await asyncio.gather(*(ask() for _ in range(4)))

    assert {one.id for one in others} == {first.id}


async def test_a_log_is_read_while_it_grows_here_and_elsewhere(
    made: Platform, engine: Engine
) -> None:
    other = await made.engine()
    mark = made.root / "go"
    execution = await submit(made, engine, "speaks_and_waits", mark=str(mark))

    async def follow(reader: Engine) -> list[str]:
        seen = []
        async for entry in reader.executions.follow(made.org, execution.id):
            seen.append(entry["text"])
            if entry["text"] == "first":
                heard.set()
                await asyncio.to_thread(mark.touch)
        return seen

    for reader in (other, engine):
        heard = asyncio.Event()
        assert await follow(reader) == ["first", "second"]


async def test_executions_are_listed_newest_first_in_pages_by_what_is_asked(
    made: Platform, engine: Engine
) -> None:
    for number in range(5):
        await ended(engine, await submit(made, engine, "echo", n=number))
    await ended(engine, await submit(made, engine, "flaky", until=9))
    waiting = await running(made, engine, "naps")

    everything = []
    after = ""
    while True:
        page = await engine.executions.page(made.org, limit=2, after=after)
        assert len(page.executions) <= 2
        everything += page.executions
        if not (after := page.next):
            break

    assert [one.workflow for one in everything] == ["naps", "flaky", *["echo"] * 5]
    created = [one.created_at for one in everything]
    assert created == sorted(created, reverse=True)

    async def ids(**wanted: object) -> list[str]:
        found = await engine.executions.page(made.org, **wanted)  # type: ignore[arg-type]
        return [one.id for one in found.executions]

    assert await ids(status=Status.RUNNING) == [waiting.id]
    assert len(await ids(status=Status.SUCCESS)) == 5
    assert len(await ids(status=Status.FAILED, workflow="flaky")) == 1
    assert len(await ids(workflow="echo")) == 5
    assert len(await ids(caller="someone")) == 7
    assert await ids(caller="nobody") == []
    await engine.cancel(made.org, waiting.id, "boss")


async def test_a_message_that_comes_twice_runs_nothing_twice(made: Platform) -> None:
    made.publish(CODE)
    first, second = await made.engine(), await made.engine()
    execution = await submit(made, first, "flaky", until=1)
    message = json.dumps({"organization": made.org, "execution": execution.id})

    await asyncio.gather(*(one.handle(message) for one in (first, second) for _ in range(3)))

    over = await first.executions.get(made.org, execution.id)
    assert over.status is Status.SUCCESS
    assert await text_of(first, over) == "attempt 1"


async def test_a_message_that_names_nothing_is_refused(made: Platform) -> None:
    engine = await made.engine()

    for text in ("", "[]", "{}", '{"organization": 1, "execution": 2}'):
        with pytest.raises(MessageError):
            await engine.handle(text)


async def test_what_the_queue_gave_up_has_failed_and_says_so(made: Platform) -> None:
    made.publish(CODE)
    engine = await made.engine()
    execution = await submit(made, engine, "echo", n=1)
    message = json.dumps({"organization": made.org, "execution": execution.id})

    await engine.poisoned(message)

    over = await engine.executions.get(made.org, execution.id)
    assert over.status is Status.FAILED
    assert over.failure is not None
    assert over.failure.kind == "QueueGaveUp"


async def test_a_workflow_that_is_gone_when_its_turn_comes_has_failed(made: Platform) -> None:
    made.publish(CODE)
    engine = await made.engine()
    execution = await submit(made, engine, "echo", n=1)
    made.publish(HEAD)
    await made.host(engine)

    over = await ended(engine, execution)

    assert over.failure is not None
    assert (over.status, over.failure.kind) == (Status.FAILED, "NotFound")


async def test_one_organisation_with_much_to_do_does_not_keep_another_waiting(
    made: Platform,
) -> None:
    slow = f"{HEAD}import time\n@workflow()\ndef slow(): time.sleep(2)\n"
    made.publish(slow)
    small = f"{made.org}s"
    made.versions.publish(small, {"jobs/all.py": slow})
    engine = await made.engine(pool=PoolLimits(workers=2, per_organization=2))
    await made.host(engine)
    many = await asyncio.gather(*(submit(made, engine, "slow") for _ in range(40)))

    one = await engine.execute(small, "slow", {}, caller="b")
    await ended(engine, one)

    left = [await engine.executions.get(made.org, each.id) for each in many]
    assert not all(each.status.final for each in left)


async def test_an_engine_that_is_closed_leaves_its_work_to_others(made: Platform) -> None:
    made.publish(CODE)
    first = await made.engine(limits=EngineLimits(recovery_seconds=60))
    second = await made.engine(limits=QUICK)
    await made.host(first)
    execution = await running(made, first, "naps")

    await first.close()

    moved = await second.executions.get(made.org, execution.id)
    assert (moved.status, moved.attempt, moved.losses) == (Status.PENDING, 1, 0)
