"""What is left when an engine dies: nothing of its processes, and a truthful record."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psutil
from tests.conftest import ROOT
from tests.integration.workflows.platform import HEAD, QUICK, Platform, ended, text_of, until

from funcyard.azure.row_ids import new_id
from funcyard.workflows.engines import forget_all
from funcyard.workflows.executions.model import Execution, Status, now
from funcyard.workflows.executions.payloads import Payloads
from funcyard.workflows.executions.store import Store
from funcyard.workflows.executions.table import ExecutionTable

CODE = (
    HEAD
    + """
import os, pathlib, subprocess, time

@workflow()
@param("mark")
def first_hangs(context, mark):
    path = pathlib.Path(mark)
    begun = path.exists()
    child = subprocess.Popen(["sleep", "1000"])
    print("run by", os.getpid(), flush=True)
    path.write_text(f"{os.getpid()} {child.pid}")
    if not begun:
        time.sleep(1000)
    child.kill()
    return "done at last"
"""
)


@contextlib.asynccontextmanager
async def engine_process(
    made: Platform, connection: str, *arguments: str | Path
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run an engine in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.workflows.engine_process", made.root),
        *arguments,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{connection}\n".encode())
    await process.stdin.drain()
    assert await process.stdout.readline()
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def written(mark: Path) -> list[int]:
    def read() -> list[int]:
        return [int(pid) for pid in mark.read_text().split()] if mark.exists() else []

    return await until(lambda: asyncio.to_thread(read))


async def gone(pids: list[int]) -> None:
    async def none() -> bool:
        return not any(
            psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
            for pid in pids
        )

    await until(none)


async def test_an_execution_whose_engine_is_killed_runs_again_on_another(
    made: Platform, connection: str
) -> None:
    made.publish(CODE)
    mark = made.root / "mark"
    async with engine_process(made, connection) as process:
        engine = await made.engine()
        execution = await engine.execute(made.org, "first_hangs", {"mark": str(mark)}, caller="a")
        pids = await written(mark)

        process.kill()
        await gone(pids)
        assert (await engine.executions.get(made.org, execution.id)).status is Status.RUNNING
        await made.host(engine)

        over = await ended(engine, execution)

    assert (over.status, over.losses) == (Status.SUCCESS, 1)
    assert await engine.executions.result(made.org, over.id) == '"done at last"'
    assert (await text_of(engine, over)).count("run by") >= 1


async def test_whoever_knows_that_no_engine_lives_waits_for_no_lease(
    made: Platform, connection: str
) -> None:
    made.publish(CODE)
    mark = made.root / "mark"
    hours = replace(QUICK, lease_seconds=3600, recovery_seconds=3600)
    async with engine_process(made, connection) as process:
        engine = await made.engine(limits=hours)
        execution = await engine.execute(made.org, "first_hangs", {"mark": str(mark)}, caller="a")
        pids = await written(mark)
        process.kill()
        await gone(pids)
        async with made.account.tables() as tables:
            await forget_all(tables)
        following = await made.engine(limits=hours)
        await made.host(following)

        over = await ended(following, execution)

    assert (over.status, over.losses, over.attempt) == (Status.SUCCESS, 1, 1)


async def test_an_execution_that_a_caller_waited_for_has_failed_when_its_engine_is_killed(
    made: Platform, connection: str
) -> None:
    made.publish(CODE)
    mark = made.root / "mark"
    async with engine_process(made, connection, made.org, "first_hangs", str(mark)) as process:
        engine = await made.engine()
        pids = await written(mark)

        process.kill()
        await gone(pids)

        async def the_one() -> Execution:
            return (await engine.executions.page(made.org)).executions[0]

        over = await until(the_one, lambda one: one.status.final)

    assert over.status is Status.FAILED
    assert over.failure is not None
    assert over.failure.kind == "EngineLost"


async def test_temporary_folders_of_a_killed_engine_go_when_another_starts(
    made: Platform, connection: str
) -> None:
    made.publish(CODE)
    mark = made.root / "mark"
    async with engine_process(made, connection, made.org, "first_hangs", str(mark)) as process:
        pids = await written(mark)
        process.kill()
        await gone(pids)
    assert len(list((made.root / "scratch").glob("engine-*"))) == 1

    engine = await made.engine()
    await engine.close()

    assert [path.name for path in (made.root / "scratch").iterdir()] == ["compiled"]


async def test_a_long_execution_of_a_living_engine_is_left_alone(made: Platform) -> None:
    made.publish(f"{HEAD}import time\n@workflow()\ndef long(): time.sleep(6); return 1\n")
    first, second = await made.engine(), await made.engine()
    await made.host(first)

    execution = await first.execute(made.org, "long", {}, caller="a")
    over = await ended(second, execution)

    assert (over.status, over.losses, over.attempt) == (Status.SUCCESS, 0, 1)


async def test_an_execution_whose_message_was_lost_gets_another(made: Platform) -> None:
    made.publish(f"{HEAD}@workflow()\ndef quick(): return 1\n")
    engine = await made.engine()
    await made.host(engine)
    await ended(engine, await engine.execute(made.org, "quick", {}, caller="a"))
    async with made.account.tables() as tables, made.account.blobs() as blobs:
        record, _ = await Store(ExecutionTable(tables), Payloads(blobs)).add(
            Execution(
                organization=made.org,
                id=new_id(),
                workflow="quick",
                scope=made.org,
                mode="async",
                caller="a",
                created_at=now(),
                queued_at=now() - timedelta(hours=1),
            ),
            "{}",
        )

    assert (await ended(engine, record.execution)).status is Status.SUCCESS
