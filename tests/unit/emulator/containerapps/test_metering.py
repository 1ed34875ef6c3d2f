"""Readings of replicas, a minute each: what their processes used since the minute before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from funcyard.emulator.containerapps import metering
from funcyard.emulator.containerapps.fleet import Fleet, Replica
from funcyard.emulator.containerapps.metering import Meter
from funcyard.emulator.containerapps.resources import Demand
from funcyard.emulator.containerapps.runtime.told import ContainerState
from funcyard.emulator.containerapps.runtime.usage import Usage
from funcyard.emulator.core.clock import Clock

_APPS = "/subscriptions/1/resourcegroups/g/providers/microsoft.app"
_APP = f"{_APPS}/containerapps/app"
_MEGABYTE = 2**20


@dataclass
class _Running:
    """A replica whose containers use what a test says."""

    usages: tuple[Usage, ...] = ()
    restarts: int = 0
    asked: list[None] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None

    @property
    def containers(self) -> tuple[ContainerState, ...]:
        return (ContainerState(name="main", restart_count=self.restarts),)

    async def usage(self) -> tuple[Usage, ...]:
        self.asked.append(None)
        self.meanwhile()
        return self.usages


def _replica(name: str, *, app: str = _APP, cpu: float = 0.5) -> tuple[Replica, _Running]:
    running = _Running()
    made = Replica(
        name=name,
        owner=f"{app}/revisions/app--one",
        app=app,
        environment="e",
        profile="Consumption",
        demand=Demand(cpu, 1),
        created=0,
        running=cast("Any", running),
    )
    return made, running


def _fleet(*replicas: Replica) -> Fleet:
    fleet = Fleet()
    for one in replicas:
        fleet.add(one)
    return fleet


def test_a_minute_has_what_was_used_since_the_one_before_and_the_last_memory() -> None:
    replica, running = _replica("a")
    meter = Meter(_fleet(replica))

    async def measured() -> None:
        for moment, seconds, cpu, memory in (
            (30, 20.0, 4.0, 7),
            (60, 50.0, 10.0, 8),
            (80, 70.0, 11.0, 9),
            (110, 100.0, 20.0, 10),
        ):
            running.usages = (Usage("first", seconds, cpu, memory * _MEGABYTE),)
            await meter.measure(moment)

    asyncio.run(measured())
    first, second = meter.readings(_APP, 0, 120)
    assert (first.minute, first.cores, first.memory) == (0, 0.2, 7 * _MEGABYTE)
    assert second.minute == 60
    assert second.cores == pytest.approx((20 - 4) / (100 - 20))
    assert second.share_of_cores == pytest.approx(second.cores / 0.5)
    assert second.share_of_memory == pytest.approx(10 / 1024)
    assert (second.revision, second.replica) == ("app--one", "a")
    assert meter.readings(_APP, 60, 120) == [second]


def test_a_container_that_was_started_again_counts_from_its_own_start() -> None:
    replica, running = _replica("a")
    meter = Meter(_fleet(replica))

    async def measured() -> None:
        running.usages = (Usage("first", 50, 25, _MEGABYTE), Usage("beside", 50, 5, _MEGABYTE))
        await meter.measure(0)
        running.usages = (Usage("second", 0.1, 0.1, _MEGABYTE), Usage("beside", 100, 10, 0))
        running.restarts = 3
        await meter.measure(60)

    asyncio.run(measured())
    before, after = meter.readings(_APP, 0, 120)
    assert before.cores == pytest.approx(0.6)
    assert after.cores == pytest.approx(0.1 + 0.1), "a moment counts as a second"
    assert (before.restarts, after.restarts) == (0, 3)


def test_time_of_a_process_that_was_not_seen_once_is_not_told_twice() -> None:
    replica, running = _replica("a")
    meter = Meter(_fleet(replica))

    async def measured() -> None:
        for minute, cpu in ((0, 30.0), (60, 1.0), (120, 36.0)):
            running.usages = (Usage("first", minute + 60, cpu, _MEGABYTE),)
            await meter.measure(minute)

    asyncio.run(measured())
    told = [one.cores for one in meter.readings(_APP, 0, 180)]
    assert told == [pytest.approx(one) for one in (0.5, 0.0, 0.1)]


def test_a_replica_that_is_ended_while_it_is_measured_leaves_nothing_of_its_app() -> None:
    replica, running = _replica("a")
    meter = Meter(_fleet(replica))

    def forgotten() -> None:
        replica.is_ending = True
        meter.forget(_APP)

    running.meanwhile = forgotten
    asyncio.run(meter.measure(0))
    assert meter.readings(_APP, 0, 60) == []


def test_what_is_asked_for_later_is_not_measured_for_a_minute_that_is_over() -> None:
    replica, running = _replica("a")
    meter = Meter(_fleet(replica))

    async def measured() -> None:
        running.usages = (Usage("first", 60, 6, _MEGABYTE),)
        await meter.measure(61)
        await meter.measure(59)

    asyncio.run(measured())
    (only,) = meter.readings(_APP, 0, 120)
    assert only.minute == 60


def test_replicas_that_end_and_those_of_jobs_are_not_measured() -> None:
    ending, ended = _replica("ending")
    ending.is_ending = True
    job, ran = _replica("job", app=f"{_APPS}/jobs/app")
    waiting, _ = _replica("waiting")
    waiting.running = None
    meter = Meter(_fleet(ending, job, waiting))

    asyncio.run(meter.measure(0))
    assert meter.readings(_APP, 0, 60) == []
    assert (ran.asked, ended.asked) == ([], [])


def test_the_oldest_readings_go_where_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metering, "KEPT", 3)
    replica, _ = _replica("a")
    meter = Meter(_fleet(replica))

    async def measured() -> None:
        for minute in range(5):
            await meter.measure(minute * 60)

    asyncio.run(measured())
    assert [one.minute for one in meter.readings(_APP, 0, 600)] == [120, 180, 240]
    meter.forget(_APP)
    assert meter.readings(_APP, 0, 600) == []


def test_minutes_are_measured_at_their_ends_while_there_is_a_replica() -> None:
    replica, running = _replica("a")
    fleet = _fleet(replica)
    meter = Meter(fleet)
    now = [59.99]

    def passing() -> float:
        """Tell a time that is a minute later whenever somebody looked, until the replica went."""
        found = now[0]
        now[0] += 30
        if len(running.asked) == 2:
            fleet.remove(replica)
        return found

    async def kept() -> None:
        meter.start(Clock(time=passing))
        meter.start(Clock(time=passing))
        (task,) = (one for one in asyncio.all_tasks() if one.get_name() == "metrics")
        await task

    asyncio.run(kept())
    first, second = meter.readings(_APP, 0, 6000)
    assert first.minute == 0
    assert second.minute > 0
    assert len(running.asked) == 2


def test_a_minute_that_cannot_be_measured_is_told_and_the_next_one_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    replica, running = _replica("a")
    fleet = _fleet(replica)
    meter = Meter(fleet)

    def failing() -> None:
        if len(running.asked) == 1:
            raise OSError("no more files")
        fleet.remove(replica)

    running.meanwhile = failing
    minutes = iter(range(0, 6000, 60))

    async def kept() -> None:
        meter.start(Clock(time=lambda: float(next(minutes))))
        (task,) = (one for one in asyncio.all_tasks() if one.get_name() == "metrics")
        await task

    asyncio.run(kept())
    assert len(meter.readings(_APP, 0, 6000)) == 1
    assert "no more files" in caplog.text


def test_only_the_app_that_is_asked_for_is_measured() -> None:
    wanted, _ = _replica("a")
    other, running = _replica("b", app=f"{_APPS}/containerapps/other")
    meter = Meter(_fleet(wanted, other))

    asyncio.run(meter.measure(0, _APP))
    assert len(meter.readings(_APP, 0, 60)) == 1
    assert running.asked == []
