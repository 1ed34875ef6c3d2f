"""Calls to a cloud, made again while the cloud turns them away, within a budget of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from funcyard.deploy.events import Stage
from funcyard.deploy.failures import (
    FAULTS,
    is_harmless,
    is_passing,
    is_transition,
    retry_after,
    told,
)
from funcyard.deploy.resource import CloudT, HiddenYetError, Observed, Resource

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.deploy.engine import Engine

_AnswerT = TypeVar("_AnswerT")


class Attempts(Generic[CloudT]):
    """The attempts of one call.

    Attributes:
        uncertain: Whether one of them failed and may have been carried out all the same.
        harmless: Whether every one so far failed and surely changed nothing.
    """

    def __init__(
        self, engine: Engine[CloudT], address: str, operation: str, deadline: float
    ) -> None:
        """Begin with none, for an operation of a resource that has to succeed by a time."""
        self._engine = engine
        self._address = address
        self._operation = operation
        self._deadline = deadline
        self._patient_until = deadline
        self._number = 0
        self.uncertain = False
        self.harmless = False

    async def again(self, fault: BaseException) -> None:
        """Wait before the next attempt, given how the last one failed.

        Raises:
            FuncyardError: There is no next one: it was refused, or the budget is spent.
        """
        now = self._engine.clock.now()
        if self._number == 0:
            self._patient_until = now + self._engine.limits.patience
        self._number += 1
        self.uncertain = self.uncertain or not is_harmless(fault)
        self.harmless = not self.uncertain
        error = told(fault, self._address, self._operation)
        pause = self._engine.pause(self._number, retry_after(fault))
        if not is_passing(fault) or now + pause > self._until(fault):
            if error is fault:
                raise error
            raise error from fault
        self._engine.tell(self._address, Stage.RETRYING, error.message)
        await self._engine.clock.sleep(pause)

    def _until(self, fault: BaseException) -> float:
        """Return until when to try: patience is for faults, what ends by itself has its time."""
        if is_transition(fault):
            return self._deadline
        return min(self._deadline, self._patient_until)


async def call(
    engine: Engine[CloudT],
    attempts: Attempts[CloudT],
    work: Callable[[], Awaitable[_AnswerT]],
) -> _AnswerT:
    """Make a call that may be made any number of times, and return its answer.

    Raises:
        FuncyardError: It was refused, or did not get through within the budget.
    """
    while True:
        try:
            async with engine.calls:
                return await work()
        except FAULTS as fault:
            await attempts.again(fault)


async def read(
    engine: Engine[CloudT], resource: Resource[CloudT], deadline: float
) -> Observed | None:
    """Return a resource as it is, None where it is not there.

    Raises:
        FuncyardError: It cannot be told.
    """
    attempts = Attempts(engine, resource.address, "reading", deadline)
    return await call(engine, attempts, lambda: resource.read(engine.cloud))


async def seen(
    engine: Engine[CloudT], resource: Resource[CloudT], deadline: float
) -> Observed | None:
    """Return a resource as it is, None where it is not there or hidden yet.

    Raises:
        FuncyardError: It cannot be told.
    """
    try:
        return await read(engine, resource, deadline)
    except HiddenYetError:
        return None
