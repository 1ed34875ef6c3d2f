"""The call that takes a resource away, under its intent and followed by its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.entries import Done, Failed, Intended
from funcyard.deploy.failures import FAULTS, is_absence
from funcyard.deploy.graph import needed
from funcyard.deploy.records import Deed
from funcyard.deploy.retrying import Attempts, call
from funcyard.deploy.waiting import until_finished, until_gone
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from funcyard.deploy.resource import CloudT, Operation, Resource
    from funcyard.deploy.running import Run


async def remove(run: Run[CloudT], resource: Resource[CloudT]) -> None:
    """Take a resource away and wait until it is gone; one that is gone already is no fault.

    Raises:
        FuncyardError: It could not be taken away.
    """
    engine = run.engine
    deadline = engine.clock.now() + resource.timeout
    depends_on = tuple(sorted(needed(resource)))
    await run.journal.write(
        Intended(resource.identity, resource.address, resource.kind, depends_on, Deed.DELETE)
    )
    attempts = Attempts(engine, resource.address, "destroying", deadline)

    async def take() -> Operation | None:
        try:
            return await resource.destroy(engine.cloud)
        except FAULTS as fault:
            if is_absence(fault):
                return None
            raise

    refused = True
    try:
        operation = await call(engine, attempts, take)
        refused = False
        await until_finished(engine, resource, operation, deadline)
        await until_gone(engine, resource, deadline)
    except FuncyardError as fault:
        harmless = refused and attempts.harmless
        await run.journal.write(Failed(resource.identity, fault.message, harmless))
        raise
    await run.journal.write(Done(resource.identity))
