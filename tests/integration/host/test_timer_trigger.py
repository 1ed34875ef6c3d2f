from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.host.host_app import function, until

from funcyard.host.invocation import Retry, WorkerLost
from funcyard.host.listeners.retries import RetryPolicyError
from funcyard.host.listeners.schedule import ScheduleError
from funcyard.host.listeners.timer import TimerListener
from funcyard.host.setting_names import SettingMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.host.host_app import App, Call

    from funcyard.functions.model import Function, Json

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIXED = {"strategy": "fixed_delay", "max_retry_count": "2", "delay_interval": "00:00:10"}


class FakeClock:
    """A clock that jumps over every wait, and stands still at ``end``."""

    def __init__(self, now: datetime, end: datetime) -> None:
        self.current, self._end = now, end
        self.at_end = asyncio.Event()

    def now(self) -> datetime:
        return self.current

    async def sleep(self, seconds: float) -> None:
        if self.current + timedelta(seconds=seconds) > self._end:
            self.at_end.set()
            await asyncio.Event().wait()
        self.current += timedelta(seconds=seconds)
        await asyncio.sleep(0)


def timer(schedule: str, *, retry: Json | None = None, **trigger: Any) -> Function:  # noqa: ANN401 - JSON
    properties = {"name": "timer", "type": "timerTrigger", "schedule": schedule, **trigger}
    return function("tick", properties, retry=retry)


async def run(
    app: App, timer_function: Function, *, start: datetime = NOON, minutes: float
) -> list[datetime]:
    """Run a timer for a while of its clock and return when its function was called."""
    end = start + timedelta(minutes=minutes)
    clock = FakeClock(start, end)
    fired: list[datetime] = []
    behaviour = app.behaviour

    def note(call: Call) -> Any:  # noqa: ANN401 - what the test's behaviour gives
        fired.append(clock.now())
        return behaviour(call)

    app.behaviour = note
    listener = TimerListener(timer_function, app.context, clock)
    await listener.start()
    await clock.at_end.wait()
    await listener.stop()
    app.behaviour = behaviour
    return fired


def info(call: Call) -> dict[str, Any]:
    parsed = json.loads(call.trigger)
    assert isinstance(parsed, dict)
    return parsed


async def test_a_timer_runs_when_its_schedule_says(app: App) -> None:
    fired = await run(app, timer("0 */5 * * * *"), minutes=16)

    assert fired == [NOON + timedelta(minutes=n) for n in (5, 10, 15)]
    assert info(app.calls[0])["IsPastDue"] is False
    assert info(app.calls[0])["Schedule"] == {"AdjustForDST": True}
    assert info(app.calls[1])["ScheduleStatus"]["Last"] == "2026-11-20T12:05:00+00:00"
    assert info(app.calls[1])["ScheduleStatus"]["Next"] == "2026-11-20T12:10:00+00:00"


async def test_the_schedule_may_come_from_a_setting(make_app: Callable[..., App]) -> None:
    app = make_app(settings={"When": "0 30 13 * * *", "WEBSITE_TIME_ZONE": "Europe/Berlin"})
    fired = await run(app, timer("%When%"), minutes=60)

    assert fired == [NOON + timedelta(minutes=30)]


async def test_a_timer_may_run_at_start_and_by_interval(app: App) -> None:
    fired = await run(app, timer("00:02:00", runOnStartup=True), minutes=5)

    assert fired == [NOON, NOON + timedelta(minutes=2), NOON + timedelta(minutes=4)]


async def test_runs_never_overlap_and_the_next_is_due_after_a_long_one(app: App) -> None:
    clock = FakeClock(NOON, NOON + timedelta(minutes=10))
    running = 0

    async def long(_: Call) -> None:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(0.02)
        clock.current += timedelta(minutes=3, seconds=30)
        running -= 1

    app.behaviour = long
    listener = TimerListener(timer("0 * * * * *"), app.context, clock)
    await listener.start()
    await clock.at_end.wait()
    await listener.stop()

    assert len(app.calls) == 3


async def test_a_run_missed_while_nothing_listened_is_made_up_for(
    make_app: Callable[..., App],
) -> None:
    first = make_app()
    await run(first, timer("0 */5 * * * *"), minutes=6)
    again = make_app(host_id=first.host_id)
    later = NOON + timedelta(minutes=12)
    fired = await run(again, timer("0 */5 * * * *"), start=later, minutes=1)

    assert fired == [later]
    assert info(again.calls[0])["IsPastDue"] is True


async def test_a_changed_schedule_is_not_past_due(make_app: Callable[..., App]) -> None:
    first = make_app()
    await run(first, timer("0 */5 * * * *"), minutes=6)
    again = make_app(host_id=first.host_id)
    later = NOON + timedelta(minutes=12)
    fired = await run(again, timer("0 0 * * * *"), start=later, minutes=1)

    assert fired == []


@pytest.mark.parametrize(
    "trigger", [{"schedule": "*/30 * * * * *"}, {"schedule": "0 * * * * *", "useMonitor": False}]
)
async def test_fast_or_unmonitored_timers_keep_no_status(
    make_app: Callable[..., App], trigger: dict[str, Any]
) -> None:
    first = make_app()
    await run(first, timer(**trigger), minutes=2)
    again = make_app(host_id=first.host_id)
    later = NOON + timedelta(minutes=20, seconds=5)
    fired = await run(again, timer(**trigger), start=later, minutes=0.2)

    assert fired == []
    assert info(first.calls[0])["ScheduleStatus"] is None


async def test_the_status_lies_where_the_real_host_keeps_it(app: App) -> None:
    await run(app, timer("0 */5 * * * *"), minutes=6)
    hosts = app.storage.blobs().get_container_client("azure-webjobs-hosts")
    path = f"timers/{app.host_id}/Host.Functions.tick/status"
    status = json.loads(await (await hosts.download_blob(path)).readall())

    assert status == {
        "Last": "2026-11-20T12:05:00+00:00",
        "LastUpdated": "2026-11-20T12:05:00+00:00",
        "Next": "2026-11-20T12:10:00+00:00",
    }


async def test_a_fixed_delay_retries_as_often_as_it_says_and_tells_the_function(app: App) -> None:
    def failing(_: Call) -> None:
        raise ValueError("no")

    app.behaviour = failing
    fired = await run(app, timer("0 */5 * * * *", retry=FIXED), minutes=6)

    due = NOON + timedelta(minutes=5)
    assert fired == [due, due + timedelta(seconds=10), due + timedelta(seconds=20)]
    assert [call.retry for call in app.calls] == [Retry(0, 2), Retry(1, 2), Retry(2, 2)]


async def test_an_exponential_delay_grows_to_its_maximum_and_success_ends_it(app: App) -> None:
    def fail_four_times(_: Call) -> None:
        if len(app.calls) <= 4:
            raise ValueError("no")

    app.behaviour = fail_four_times
    policy = {
        "strategy": "exponential_backoff",
        "max_retry_count": "-1",
        "minimum_interval": "00:00:02",
        "maximum_interval": "00:00:10",
    }
    fired = await run(app, timer("0 */5 * * * *", retry=policy), minutes=6)

    pauses = [(b - a).total_seconds() for a, b in pairwise(fired)]
    assert pauses == [2, 4, 8, 10]


async def test_a_lost_worker_ends_the_run_and_the_timer_goes_on(app: App) -> None:
    def losing(_: Call) -> None:
        raise WorkerLost("app", "", 0)

    app.behaviour = losing
    fired = await run(app, timer("0 */5 * * * *"), minutes=11)

    assert len(fired) == 2


async def test_stopping_waits_for_a_run_but_not_for_a_retry(app: App) -> None:
    release = asyncio.Event()

    async def fail_late(_: Call) -> None:
        await release.wait()
        raise ValueError("no")

    app.behaviour = fail_late
    clock = FakeClock(NOON, NOON + timedelta(days=1))
    listener = TimerListener(timer("0 */5 * * * *", retry=FIXED), app.context, clock)
    await listener.start()
    await app.called(1)
    stopping = asyncio.create_task(listener.stop())
    await asyncio.sleep(0.1)
    assert not stopping.done()
    release.set()
    await until(stopping.done)

    assert len(app.calls) == 1


@pytest.mark.parametrize(
    ("schedule", "error"),
    [
        ("every day", ScheduleError),
        ("0 0 0 31 2 *", ScheduleError),
        ("00:00:00", ScheduleError),
        ("%Missing%", SettingMissingError),
    ],
)
def test_a_schedule_that_cannot_be_meant_is_refused(
    app: App, schedule: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        TimerListener(timer(schedule), app.context)


@pytest.mark.parametrize(
    "policy",
    [
        {"strategy": "sometimes", "max_retry_count": "1"},
        {"strategy": "fixed_delay", "max_retry_count": "1"},
        {"strategy": "fixed_delay", "max_retry_count": "x", "delay_interval": "00:00:01"},
        {"strategy": "fixed_delay", "max_retry_count": "1", "delay_interval": "soon"},
    ],
)
def test_a_retry_policy_that_cannot_be_meant_is_refused(app: App, policy: Json) -> None:
    with pytest.raises(RetryPolicyError):
        TimerListener(timer("0 * * * * *", retry=policy), app.context)


def test_an_unknown_time_zone_is_refused_by_name(make_app: Callable[..., App]) -> None:
    app = make_app(settings={"WEBSITE_TIME_ZONE": "Mars/Olympus"})

    with pytest.raises(ScheduleError, match="WEBSITE_TIME_ZONE is 'Mars/Olympus'"):
        TimerListener(timer("0 * * * * *"), app.context)
