"""Schedules of the versions that count: got to know, and started when they are due."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.workflows.calls import Call

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from funcyard.workflows.code import Code
    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.following import Following
    from funcyard.workflows.registry import Registry
    from funcyard.workflows.schedules import Due, Schedules


class Scheduling:
    """Gets to know versions for their schedules, and starts what is due.

    Args:
        schedules: Where it is kept what is due when.
        following: Brings them in line.
        code: What is scheduled.
        execute: Has a workflow executed.
        served: Whether schedules of an organisation start anything; None for those of every one.
    """

    def __init__(
        self,
        schedules: Schedules,
        following: Following,
        code: Code,
        execute: Callable[[Call], Coroutine[Any, Any, Execution]],
        served: Callable[[str], Awaitable[bool]] | None,
    ) -> None:
        self._schedules = schedules
        self._following = following
        self._code = code
        self._execute = execute
        self._served = served

    async def published(self, scope: str) -> Registry | None:
        """Get to know a scope's version that counts now, and have a worker ready for it."""
        for pin in await self._code.pins(scope):
            if pin.scope == scope:
                registry = await self._code.registries.get(pin)
                self._code.pool.warm(pin)
                await self._following.met(registry)
                return registry
        return None

    async def follow(self, scope: str) -> None:
        """Bring a scope's schedules in line with its version that counts, whoever published it.

        Raises:
            FuncyardError: The storage failed, or no worker can be started.
        """
        version = await self._following.unmet(scope)
        if version is None:
            return
        registry = await self._code.registries.stored(scope, version)
        if registry is None:
            await self.published(scope)
        else:
            await self._following.met(registry)

    async def tick(self) -> None:
        """Start what is due."""
        await self._schedules.tick(self._schedule_of, self._start)

    async def _schedule_of(self, scope: str, name: str) -> str | None:
        for pin in await self._code.pins(scope):
            if pin.scope != scope:
                continue
            registry = await self._code.registries.get(pin)
            if name in registry.workflows:
                return registry.workflows[name].schedule
            return None if registry.faults else ""
        return ""

    async def _start(self, due: Due) -> None:
        if self._served is not None and not await self._served(due.scope):
            return
        await self._execute(
            Call(
                due.scope,
                due.workflow,
                caller="schedule",
                mode="async",
                key=due.key,
                trigger="schedule",
                scheduled_for=due.moment.isoformat(),
            )
        )
