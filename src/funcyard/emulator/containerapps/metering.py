"""What replicas of apps use, measured as each minute ends, and when somebody asks.

A minute of a replica is one reading, of which the last measurement counts: its processor time since
the minute before, its memory as it is. Readings are in memory alone, as replicas are, and the
oldest go when there are too many. While no replica of an app runs, nothing is done.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.naming import APP
from funcyard.emulator.containerapps.resources import GIB
from funcyard.emulator.core.target import read
from funcyard.emulator.monitor.models import MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.emulator.containerapps.fleet import Fleet, Replica
    from funcyard.emulator.containerapps.runtime.usage import Usage
    from funcyard.emulator.core.clock import Clock

_LOGGER = logging.getLogger(__name__)
KEPT: Final = 10_000
"""So many readings of an app are kept: a week of one replica."""

_LEAST_SECONDS: Final = 1.0
"""What was used in less time counts as of so much, for a moment tells no rate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a replica used in a minute.

    Attributes:
        minute: When it began, in seconds of the day's clock.
        revision: The replica's.
        replica: Its name.
        cores: Processors that it used, on average.
        memory: Bytes that it had in memory at last.
        share_of_cores: The same of what it may use.
        share_of_memory: The same of what it may have.
        restarts: How often its containers were started again by then.
    """

    minute: float
    revision: str
    replica: str
    cores: float
    memory: int
    share_of_cores: float
    share_of_memory: float
    restarts: int


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a container was when it was measured last.

    Attributes:
        minute: In which that was.
        before: Seconds that it had run and of processor time, when the minute before ended.
        last: The same, then.
    """

    minute: float
    before: tuple[float, float]
    last: tuple[float, float]


class Meter:
    """The readings of a location.

    Args:
        fleet: Its replicas.
    """

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._readings: dict[str, dict[tuple[float, str], Reading]] = {}
        self._marks: dict[str, dict[str, _Mark]] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self, clock: Clock) -> None:
        """Measure from now on, as long as there is a replica of an app."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep(clock), name="metrics")

    async def stop(self) -> None:
        """Measure no more."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def measure(self, moment: float, app: str | None = None) -> None:
        """Measure replicas, for the minute that a moment is in.

        Args:
            moment: In seconds of the day's clock.
            app: Key of the app whose replicas they are; None for those of all.
        """
        minute = moment // MINUTE * MINUTE
        there = self._measured()
        for name in self._marks.keys() - {one.name for one in there}:
            del self._marks[name]
        await asyncio.gather(*(self._read(one, minute) for one in there if app in (None, one.app)))

    def readings(self, app: str, since: float, until: float) -> list[Reading]:
        """Return the readings of an app, by its key, whose minutes began in a span of time."""
        kept = self._readings.get(app, {}).values()
        return [one for one in kept if since <= one.minute < until]

    def forget(self, app: str) -> None:
        """Let go of an app that is no more."""
        self._readings.pop(app, None)

    def _measured(self) -> list[Replica]:
        return [one for one in self._fleet if _is_of_app(one) and not one.is_ending]

    async def _keep(self, clock: Clock) -> None:
        while self._measured():
            end = (clock.time() // MINUTE + 1) * MINUTE
            await clock.until(end)
            try:
                await self.measure(end - MINUTE)
            except Exception:
                _LOGGER.exception("what replicas use cannot be measured")

    async def _read(self, replica: Replica, minute: float) -> None:
        if replica.running is None:
            return
        usages = await replica.running.usage()
        if replica.is_ending:
            return  # and its app may be forgotten by now
        marks = self._marks.get(replica.name, {})
        if any(one.minute > minute for one in marks.values()):
            return  # somebody asked since that minute ended
        cores, memory = self._used(replica.name, minute, usages)
        reading = Reading(
            minute=minute,
            revision=replica.owner.rpartition("/")[2],
            replica=replica.name,
            cores=cores,
            memory=memory,
            share_of_cores=cores / replica.demand.cpu,
            share_of_memory=memory / (replica.demand.memory * GIB),
            restarts=sum(one.restart_count for one in replica.running.containers),
        )
        readings = self._readings.setdefault(replica.app, {})
        readings[minute, replica.name] = reading
        while len(readings) > KEPT:
            del readings[next(iter(readings))]

    def _used(self, name: str, minute: float, usages: Iterable[Usage]) -> tuple[float, int]:
        """Return the processors and the memory that containers of a replica use in a minute."""
        marks = self._marks.get(name, {})
        made: dict[str, _Mark] = {}
        cores, memory = 0.0, 0
        for one in usages:
            now, mark = (one.seconds, one.cpu), marks.get(one.container)
            before = (0.0, 0.0)
            if mark is not None:
                before = mark.before if mark.minute == minute else mark.last
                now = (one.seconds, max(one.cpu, mark.last[1]))  # what ends just then is not seen
            made[one.container] = _Mark(minute, before, now)
            seconds, cpu = (late - early for late, early in zip(now, before, strict=True))
            cores += cpu / max(seconds, _LEAST_SECONDS)
            memory += one.memory
        self._marks[name] = made
        return cores, memory


def _is_of_app(replica: Replica) -> bool:
    """Whether a replica is an app's, and not of a job's execution."""
    target, _ = read(replica.app)
    return target is not None and target.type.lower() == APP.lower()
