"""Drives an orchestration as Durable Functions does, on activities that do what they do in Azure.

Timers pass as the local Azure's clock does, so what waits an hour here waits a moment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from funcyard.orchestrator import flow
from funcyard.orchestrator.activities import Activities

Json = dict[str, Any]
_LONGEST_WAIT = 0.25


@dataclass(frozen=True)
class _Task:
    run: Callable[[], Awaitable[Any]]


@dataclass
class Driver:
    """Runs an orchestration's tasks.

    Attributes:
        activities: What they do.
        given: What the run was started with.
        called: Names of the activities that ran, in order.
        waited: Seconds of each timer.
        before: What happens before an activity, by its name; gets its input.
        twice: Whether each activity runs twice, as where its first end was lost.
    """

    activities: Activities
    given: Json
    scale: float = 1000
    called: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    statuses: list[Any] = field(default_factory=list)
    before: dict[str, Callable[[Json], Awaitable[None]]] = field(default_factory=dict)
    twice: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def current_utc_datetime(self) -> datetime:
        return self.now

    def get_input(self) -> Json:
        return self.given

    def set_custom_status(self, status: object) -> None:
        self.statuses.append(status)

    def call_activity(self, name: str, input_: Any = None) -> _Task:  # noqa: ANN401 - as the library's
        work = {
            flow.VALIDATE: self.activities.validate_environment,
            flow.SELECT: self.activities.select_scenarios,
            flow.CREATE: self.activities.create_service_principal,
            flow.DEPLOY: self.activities.deploy_container_app,
            flow.CHECK: self.activities.check_agent_status,
            flow.VERIFY: self.activities.verify_cleanup,
            flow.FORCE: self.activities.force_cleanup,
            flow.REPORT: self.activities.generate_report,
        }[name]

        async def run() -> Json:
            self.called.append(name)
            if name in self.before:
                await self.before[name](input_)
            if self.twice:
                await work(input_)
            return await work(input_)

        return _Task(run)

    def task_all(self, activities: Sequence[_Task]) -> _Task:
        async def run() -> list[Any]:
            return list(await asyncio.gather(*(one.run() for one in activities)))

        return _Task(run)

    def create_timer(self, fire_at: datetime) -> _Task:
        async def run() -> None:
            seconds = (fire_at - self.now).total_seconds()
            self.waited.append(seconds)
            self.now = fire_at
            await asyncio.sleep(min(seconds / self.scale, _LONGEST_WAIT))

        return _Task(run)

    async def run(self) -> Json:
        """Run the orchestration to its end, and return what it did."""
        flowing: Generator[Any, Any, Json] = flow.orchestrate(self)
        try:
            task = next(flowing)
            while True:
                try:
                    answer = await task.run()
                except Exception as fault:  # noqa: BLE001 - handed to the orchestration
                    task = flowing.throw(fault)
                else:
                    task = flowing.send(answer)
        except StopIteration as ended:
            return dict(ended.value)


def days_later(days: float) -> Callable[[], float]:
    """Return a clock of some days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).timestamp
