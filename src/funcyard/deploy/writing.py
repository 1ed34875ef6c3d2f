"""The calls that make and change a resource, each under its intent and followed by its outcome.

A creation that may have been carried out although it failed is not made again blindly: what is
there is looked at first. So nothing is made twice, and nothing of another's is taken for ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from funcyard.deploy.deciding import Case, found_differences
from funcyard.deploy.entries import Done, Failed, Intended
from funcyard.deploy.failures import FAULTS, is_conflict
from funcyard.deploy.ownership import foreign, owner_of, tags_of
from funcyard.deploy.records import Deed
from funcyard.deploy.resource import CloudT, Observed, Operation, Resource, Wanted
from funcyard.deploy.retrying import Attempts, call, seen
from funcyard.deploy.settling import Known, Settled, as_json, reveal
from funcyard.deploy.waiting import until_finished, until_ready
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.refs import Json
    from funcyard.deploy.running import Run


@dataclass(frozen=True, slots=True)
class Writing(Generic[CloudT]):
    """A resource that is to be written, everything it needs being known.

    Attributes:
        run: Of which this is a part.
        case: The resource, and what is known about it.
        known: Outputs and secrets of others.
        settled: The properties that are wanted, secrets sealed.
        depends_on: Addresses of what it needs.
    """

    run: Run[CloudT]
    case: Case[CloudT]
    known: Known
    settled: Mapping[str, Settled]
    depends_on: tuple[str, ...]

    @property
    def resource(self) -> Resource[CloudT]:
        """The resource."""
        return self.case.resource

    def wanted(self) -> Wanted:
        """Return the resource as it shall be, secrets among it."""
        return Wanted(
            reveal(self.resource.properties, self.known),
            tags_of(self.run.engine.stack, self.resource.address),
        )

    def inputs(self) -> dict[str, Json]:
        """Return its properties as records hold them."""
        return {name: as_json(value) for name, value in self.settled.items()}


async def create(writing: Writing[CloudT]) -> Observed:
    """Make a resource and wait until it is ready.

    Raises:
        ForeignResourceError: Another's was made meanwhile.
        FuncyardError: It could not be made.
    """
    run, resource = writing.run, writing.resource
    deadline = run.engine.clock.now() + resource.timeout
    await _intend(writing, Deed.CREATE)
    attempts = Attempts(run.engine, resource.address, "creating", deadline)
    # A run before this one may have made it, and the cloud not show it yet.
    attempts.uncertain = writing.case.record is not None
    refused = True
    try:
        operation = await _create(writing, attempts, deadline)
        refused = False
        observed = await _settled(run, resource, operation, deadline)
        if attempts.uncertain:
            observed = await _mend(writing, observed, operation, deadline)
    except FuncyardError as fault:
        harmless = refused and attempts.harmless
        await run.journal.write(Failed(resource.identity, fault.message, harmless))
        raise
    await run.journal.write(Done(resource.identity, dict(resource.outputs(observed))))
    return observed


async def update(
    writing: Writing[CloudT], observed: Observed, differences: tuple[Difference, ...]
) -> Observed:
    """Bring a resource to what is wanted and wait until it is ready.

    Raises:
        FuncyardError: It could not be brought there.
    """
    run, resource = writing.run, writing.resource
    deadline = run.engine.clock.now() + resource.timeout
    await _intend(writing, Deed.UPDATE)
    attempts = Attempts(run.engine, resource.address, "updating", deadline)
    refused = True
    try:
        operation = await _update(writing, observed, differences, attempts)
        refused = False
        found = await _settled(run, resource, operation, deadline)
    except FuncyardError as fault:
        harmless = refused and attempts.harmless
        await run.journal.write(Failed(resource.identity, fault.message, harmless))
        raise
    await run.journal.write(Done(resource.identity, dict(resource.outputs(found))))
    return found


async def _create(
    writing: Writing[CloudT], attempts: Attempts[CloudT], deadline: float
) -> Operation | None:
    engine, resource = writing.run.engine, writing.resource
    wanted = writing.wanted()
    while True:
        try:
            async with engine.calls:
                return await resource.create(engine.cloud, wanted)
        except FAULTS as fault:
            if attempts.uncertain and is_conflict(fault):
                return None
            await attempts.again(fault)
        if attempts.uncertain and await seen(engine, resource, deadline) is not None:
            return None


async def _update(
    writing: Writing[CloudT],
    observed: Observed,
    differences: tuple[Difference, ...],
    attempts: Attempts[CloudT],
) -> Operation | None:
    engine, resource = writing.run.engine, writing.resource
    wanted = writing.wanted()
    return await call(
        engine,
        attempts,
        lambda: resource.update(engine.cloud, wanted, observed, differences),
    )


async def _settled(
    run: Run[CloudT], resource: Resource[CloudT], operation: Operation | None, deadline: float
) -> Observed:
    await until_finished(run.engine, resource, operation, deadline)
    return await until_ready(run.engine, resource, deadline)


async def _mend(
    writing: Writing[CloudT], observed: Observed, followed: Operation | None, deadline: float
) -> Observed:
    """Look whether what is there is what was meant: an earlier attempt may have made it."""
    run, resource = writing.run, writing.resource
    record = run.journal.state.records[resource.identity]
    owner = owner_of(resource, observed, record, run.engine.stack)
    if not owner.is_us:
        raise foreign(resource, owner)
    case = Case(resource, observed, record, run.engine.stack)
    found = found_differences(case, writing.settled, run.journal.seal)
    if not found and (followed is not None or not resource.ends_by_operation):
        return observed
    attempts = Attempts(run.engine, resource.address, "updating", deadline)
    operation = await _update(writing, observed, found, attempts)
    return await _settled(run, resource, operation, deadline)


async def _intend(writing: Writing[CloudT], deed: Deed) -> None:
    resource = writing.resource
    await writing.run.journal.write(
        Intended(
            resource.identity,
            resource.address,
            resource.kind,
            writing.depends_on,
            deed,
            writing.inputs(),
        )
    )
