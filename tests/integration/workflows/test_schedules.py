"""Schedules fire once for everybody, follow the version that counts, and make up for the missed."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.integration.workflows.platform import HEAD, Platform, ended

from funcyard.workflows.engine import Engine
from funcyard.workflows.executions.model import Execution, Status
from funcyard.workflows.limits import EngineLimits

BY_HAND = EngineLimits(beat_seconds=0.2, recovery_seconds=60, schedule_seconds=3600)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2030, 1, 1, 12, 0, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def hourly(minute: int = 0) -> str:
    return (
        f"{HEAD}@workflow(schedule='{minute} * * * *')\n"
        "def report(context): return [context.scheduled_for, context.caller]\n"
    )


async def engines(made: Platform, clock: Clock, count: int = 1) -> list[Engine]:
    found = [await made.engine(limits=BY_HAND, clock=clock) for _ in range(count)]
    for engine in found:
        await engine.published(made.org)
    return found


async def started(made: Platform, engine: Engine) -> list[Execution]:
    return (await engine.executions.page(made.org)).executions


async def test_a_schedule_fires_once_over_many_engines(made: Platform) -> None:
    clock = Clock()
    made.publish(hourly())
    several = await engines(made, clock, 3)
    await several[0].tick()
    assert await started(made, several[0]) == []

    clock.now = datetime(2030, 1, 1, 13, 0, 1, tzinfo=UTC)
    for _ in range(2):
        await asyncio.gather(*(engine.tick() for engine in several))

    [execution] = await started(made, several[0])
    assert (execution.trigger, execution.caller) == ("schedule", "schedule")
    await made.host(several[1])
    over = await ended(several[0], execution)
    assert over.status is Status.SUCCESS
    result = await several[0].executions.result(made.org, over.id)
    assert result == '["2030-01-01T13:00:00+00:00","schedule"]'


async def test_nothing_starts_for_an_organisation_that_is_not_active(made: Platform) -> None:
    clock = Clock()
    made.publish(hourly())
    served = set[str]()

    async def is_served(organization: str) -> bool:
        return organization in served

    engine = await made.engine(limits=BY_HAND, clock=clock, served=is_served)
    await engine.published(made.org)
    for hour in (13, 14):
        clock.now = datetime(2030, 1, 1, hour, 0, 1, tzinfo=UTC)
        await engine.tick()
        served.add(made.org)

    [execution] = await started(made, engine)
    assert execution.scheduled_for == "2030-01-01T14:00:00+00:00"


async def test_moments_that_were_missed_are_made_up_for_once(made: Platform) -> None:
    clock = Clock()
    made.publish(hourly())
    [engine] = await engines(made, clock)

    clock.now += timedelta(days=2)
    await engine.tick()
    await engine.tick()

    [execution] = await started(made, engine)
    assert execution.scheduled_for == "2030-01-03T12:00:00+00:00"


async def test_a_schedule_follows_the_version_that_counts(made: Platform) -> None:
    clock = Clock()
    made.publish(hourly(0))
    [engine] = await engines(made, clock)

    made.publish(hourly(30))
    clock.now = datetime(2030, 1, 1, 13, 0, 1, tzinfo=UTC)
    await engine.tick()
    assert await started(made, engine) == []

    clock.now = datetime(2030, 1, 1, 13, 30, 1, tzinfo=UTC)
    await engine.tick()
    [execution] = await started(made, engine)
    assert execution.scheduled_for == "2030-01-01T13:30:00+00:00"

    made.publish(HEAD)
    clock.now += timedelta(hours=5)
    await engine.tick()
    assert len(await started(made, engine)) == 1


async def test_a_version_that_counts_again_has_its_schedules_again(made: Platform) -> None:
    clock = Clock()
    first = made.publish(hourly())
    [engine] = await engines(made, clock)
    made.publish(HEAD)
    await engine.published(made.org)

    assert made.publish(hourly()) == first
    await engine.published(made.org)
    clock.now += timedelta(hours=1)
    await engine.tick()
    assert len(await started(made, engine)) == 1


async def test_a_version_that_nobody_told_of_is_followed_too(made: Platform) -> None:
    clock = Clock()
    engine = await made.engine(limits=BY_HAND, clock=clock)
    await engine.follow_schedules(made.org)
    made.publish(hourly())

    await engine.follow_schedules(made.org)
    another = await made.engine(limits=BY_HAND, clock=clock)
    await another.follow_schedules(made.org)
    clock.now += timedelta(hours=1)
    await another.tick()
    assert len(await started(made, engine)) == 1


def test_the_app_starts_what_is_due_for_organisations_that_are_active(
    connection: str, tmp_path: Path
) -> None:
    here = Path(__file__).resolve()
    settings = {
        "PATH": os.environ["PATH"],
        "AzureWebJobsStorage": connection,
        "FUNCYARD_AUTH": "development",
        "FUNCYARD_WORKSPACE_PATH": str(tmp_path / "view"),
        "FUNCYARD_LOCAL_PATH": str(tmp_path / "local"),
    }
    app, organisation = here.parents[3] / "workflows", f"t{uuid.uuid4().hex[:12]}"
    (tmp_path / "view").mkdir()
    done = subprocess.run(
        [sys.executable, "-P", here.with_name("scheduled_app.py"), app, organisation],
        capture_output=True, check=False, text=True, env=settings, cwd=here.parents[3],
    )  # fmt: skip

    assert json.loads(done.stdout or "null") == [1, 1], done.stderr


async def test_a_schedule_that_cannot_be_followed_keeps_no_other_from_its_turn(
    made: Platform,
) -> None:
    clock = Clock()
    other = f"{made.org}-z"
    for org in (made.org, other):
        made.versions.publish(org, {"jobs/all.py": hourly()})
    served: list[str] = []

    async def is_served(organization: str) -> bool:
        if organization == made.org:
            raise RuntimeError("this one is broken")
        served.append(organization)
        return True

    engine = await made.engine(limits=BY_HAND, clock=clock, served=is_served)
    for org in (made.org, other):
        await engine.published(org)
    clock.now += timedelta(hours=1)
    await engine.tick()
    assert served == [other]
    assert len((await engine.executions.page(other)).executions) == 1


async def test_a_schedule_that_does_not_load_for_a_while_goes_on_afterwards(
    made: Platform,
) -> None:
    clock = Clock()
    made.publish(hourly())
    [engine] = await engines(made, clock)

    made.publish("import not_there\n")
    await engine.published(made.org)
    clock.now += timedelta(hours=1)
    await engine.tick()
    assert await started(made, engine) == []

    made.publish(hourly())
    clock.now += timedelta(hours=1)
    await engine.tick()
    assert len(await started(made, engine)) == 1
