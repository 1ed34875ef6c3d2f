from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from tests.unit.deploy.virtual_time import run
from tests.unit.twin.simulator.test_schedule import TWIN

from funcyard.deploy.clock import SystemClock
from funcyard.twin.simulator.running import Report, simulate
from funcyard.twin.simulator.transport import NotSentError

_START = datetime(2026, 11, 21, 23, 5, tzinfo=UTC)


@dataclass
class _Hub:
    """Takes messages, each after some time, and none of one device where it shall not."""

    takes: float = 0.0
    refuses: str = ""
    clock: SystemClock = field(default_factory=SystemClock)
    taken: list[tuple[float, str, str]] = field(default_factory=list)

    async def send(self, device: str, payload: Mapping[str, object]) -> None:
        at = self.clock.now()
        await self.clock.sleep(self.takes)
        if device == self.refuses:
            raise NotSentError(f"{device} is not known here")
        self.taken.append((at, device, str(payload["time"])))

    def at(self) -> datetime:
        return _START + timedelta(seconds=self.clock.now())


def _simulated(hub: _Hub, seconds: float = 60.0, faster: float = 1.0) -> Report:
    work = simulate(TWIN, hub, hub.clock, seconds, faster=faster, time_of_day=hub.at)
    return run(work)


def test_each_message_is_sent_when_it_is_due() -> None:
    hub = _Hub()
    report = _simulated(hub)

    assert (report.sent, report.refused) == (30, 0)
    compressor = [(at, time) for at, device, time in hub.taken if device == "compressor"]
    assert [at for at, _ in compressor] == [0, 10, 20, 30, 40, 50]
    assert compressor[1][1] == "2026-11-21T23:05:10.000Z"


def test_a_simulation_can_be_faster_than_its_time() -> None:
    hub = _Hub()
    report = _simulated(hub, faster=60.0)

    assert report.sent == 30
    assert max(at for at, _, _ in hub.taken) < 1


def test_what_takes_long_makes_the_next_late_and_loses_none() -> None:
    hub = _Hub(takes=12.0)
    report = _simulated(hub)

    assert report.sent == 30
    assert report.devices["compressor"].latest == pytest.approx(10)
    times = [time for _, device, time in hub.taken if device == "compressor"]
    assert times == sorted(times)


def test_no_two_messages_of_a_device_have_one_time_however_fast_they_come() -> None:
    hub = _Hub()
    _simulated(hub, faster=1e9)

    assert len({(device, time) for _, device, time in hub.taken}) == 30


def test_what_is_not_taken_is_counted_with_its_reason_and_the_others_go_on() -> None:
    report = _simulated(_Hub(refuses="compressor"))

    assert (report.sent, report.refused) == (24, 6)
    assert report.devices["compressor"].reason == "compressor is not known here"
