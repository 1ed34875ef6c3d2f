"""A simulation as it runs: each message sent when it is due, by the clock that is given.

Messages of one device keep their order: where one takes longer than the next can wait, that one is
late, none is left out, and no two that are given their time have the same. A message that is not
taken is counted and not sent again; what tries again is the transport.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from funcyard.twin.contract.telemetry import TIME
from funcyard.twin.contract.times import write_time
from funcyard.twin.simulator.schedule import schedules
from funcyard.twin.simulator.transport import NotSentError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from funcyard.deploy.clock import Clock
    from funcyard.twin.config.twin import Twin
    from funcyard.twin.simulator.schedule import Planned
    from funcyard.twin.simulator.transport import Transport


_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_NEXT = timedelta(milliseconds=1)


def _time_of_day() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Sent:
    """What became of one device's messages.

    Attributes:
        sent: How many were taken.
        refused: How many were not.
        latest: By how many seconds the latest was late.
        reason: Why the last one was not taken.
    """

    sent: int = 0
    refused: int = 0
    latest: float = 0.0
    reason: str | None = None


@dataclass(slots=True)
class Report:
    """What became of a simulation.

    Attributes:
        devices: By device.
    """

    devices: dict[str, Sent] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        """How many messages were taken."""
        return sum(one.sent for one in self.devices.values())

    @property
    def refused(self) -> int:
        """How many messages were not taken."""
        return sum(one.refused for one in self.devices.values())


async def simulate(
    twin: Twin,
    transport: Transport,
    clock: Clock,
    seconds: float,
    *,
    faster: float = 1.0,
    time_of_day: Callable[[], datetime] = _time_of_day,
) -> Report:
    """Send what is due within some seconds, and report what became of it.

    Args:
        twin: Whose devices are simulated.
        transport: What sends.
        clock: What tells when a message is due.
        seconds: How much of the simulation is sent, by its own time.
        faster: How many of its seconds pass in one of the clock's.
        time_of_day: The time of a message whose payload says none.

    Raises:
        NothingToSimulateError: The twin has no simulation.
    """
    planned = schedules(twin)
    report = Report({device: Sent() for device in planned})
    begun = clock.now()

    async def device(messages: Iterator[Planned], sent: Sent) -> None:
        last = _LONG_AGO
        for one in messages:
            if one.due >= seconds:
                return
            late = clock.now() - begun - one.due / faster
            if late < 0:
                await clock.sleep(-late)
            sent.latest = max(sent.latest, late)
            payload = dict(one.payload)
            last = max(time_of_day(), last + _NEXT)
            payload[TIME] = payload.get(TIME) or write_time(last)
            try:
                await transport.send(one.device, payload)
            except NotSentError as fault:
                sent.refused += 1
                sent.reason = fault.message
            else:
                sent.sent += 1

    async with asyncio.TaskGroup() as group:
        for name, messages in planned.items():
            group.create_task(device(messages, report.devices[name]))
    return report
