"""Waiting until something is so: an operation ended, a resource ready, a resource gone.

What is waited for is a predicate on what the cloud tells, never a time; between two questions there
is the pause that the cloud asks for, or one that grows, and after the deadline there are none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from funcyard.azure.progress import Progress
from funcyard.deploy.events import Stage
from funcyard.deploy.failures import is_absence
from funcyard.deploy.retrying import Attempts, call, read, seen
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.deploy.engine import Engine
    from funcyard.deploy.resource import CloudT, Observed, Operation, Resource

_FoundT = TypeVar("_FoundT")


class TooSlowError(FuncyardError):
    """What was waited for was not so by the deadline."""

    code = "too-slow"


class ResourceFailedError(FuncyardError):
    """The cloud took a change on, and tells that it went wrong."""

    code = "resource-failed"


async def until_finished(
    engine: Engine[CloudT], resource: Resource[CloudT], operation: Operation | None, deadline: float
) -> None:
    """Wait until an operation ended well.

    Raises:
        TooSlowError: It goes on after the deadline.
        FuncyardError: It failed, or nothing is known of it.
    """
    if operation is None:
        return

    async def poll() -> tuple[Progress, float | None]:
        attempts = Attempts(engine, resource.address, "asking how far it is", deadline)
        try:
            progress = await call(engine, attempts, operation.poll)
        except FuncyardError as fault:
            # An operation is forgotten some time after it ended.
            if is_absence(fault):
                return Progress(is_done=True), None
            raise
        return progress, progress.retry_after

    await _until(engine, resource, deadline, "its operation to end", poll, lambda it: it.is_done)


async def until_ready(
    engine: Engine[CloudT], resource: Resource[CloudT], deadline: float
) -> Observed:
    """Wait until a resource is there and ready, and return it.

    Raises:
        TooSlowError: It was not by the deadline.
        ResourceFailedError: The cloud tells that it went wrong.
        FuncyardError: It cannot be read.
    """

    async def look() -> tuple[Observed | None, None]:
        observed = await seen(engine, resource, deadline)
        fault = None if observed is None else resource.fault(observed)
        if fault:
            raise ResourceFailedError(f"{resource.address}: {fault}", hint="mend it, then resume")
        return observed, None

    def is_ready(observed: Observed | None) -> bool:
        return observed is not None and resource.is_ready(observed)

    observed = await _until(engine, resource, deadline, "it to be ready", look, is_ready)
    assert observed is not None  # noqa: S101  is_ready says so
    return observed


async def until_gone(engine: Engine[CloudT], resource: Resource[CloudT], deadline: float) -> None:
    """Wait until a resource is not there any more.

    Raises:
        TooSlowError: It was there at the deadline.
        FuncyardError: It cannot be read.
    """

    async def look() -> tuple[Observed | None, None]:
        return await read(engine, resource, deadline), None

    await _until(engine, resource, deadline, "it to be gone", look, lambda found: found is None)


async def _until(
    engine: Engine[CloudT],
    resource: Resource[CloudT],
    deadline: float,
    awaited: str,
    look: Callable[[], Awaitable[tuple[_FoundT, float | None]]],
    is_so: Callable[[_FoundT], bool],
) -> _FoundT:
    began, has_told = engine.clock.now(), False
    while True:
        found, asked = await look()
        if is_so(found):
            return found
        now = engine.clock.now()
        pause = min(engine.until_next_look(now - began, asked), deadline - now)
        if pause <= 0:
            raise TooSlowError(
                f"{resource.address}: waited up to {resource.timeout:g} seconds for {awaited}",
                hint="it may still get there: look at it in the cloud, then resume",
            )
        if not has_told:
            engine.tell(resource.address, Stage.WAITING, f"for {awaited}")
            has_told = True
        await engine.clock.sleep(pause)
