"""Brings one declared resource to what is wanted, once everything that it needs is ready.

The judgement of the plan is made again with what is known by now: outputs that were unknown, what
is there where it is to be changed, and secrets where something that holds them is to be written.
Only then is anything changed.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from funcyard.deploy import writing
from funcyard.deploy.deciding import Action, Case, Decision, decide
from funcyard.deploy.entries import Kept
from funcyard.deploy.graph import needed, secrets_of
from funcyard.deploy.records import Record
from funcyard.deploy.removing import remove
from funcyard.deploy.retrying import seen
from funcyard.deploy.sealing import Sealed
from funcyard.deploy.settling import settle
from funcyard.deploy.waiting import until_ready

if TYPE_CHECKING:
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import CloudT, Observed
    from funcyard.deploy.running import Run


async def bring(run: Run[CloudT], planned: Case[CloudT]) -> Action:
    """Bring a resource to what is wanted; return what was done.

    Raises:
        FuncyardError: It could not be brought there.
    """
    deadline = run.engine.clock.now() + planned.resource.timeout
    resource, case = planned.resource, planned
    if needed(resource) & run.renewed:
        # It may have gone with what it lies in, and what lies in it, too.
        run.renewed.add(resource.address)
        case = await _looked_at(run, planned, deadline)
    work, decision = _judged(run, case)
    if decision.writes and case is planned and case.observed is not None:
        # The plan may be long ago, and others write, too.
        work, decision = _judged(run, await _looked_at(run, planned, deadline))
        if decision.action is Action.CREATE:
            run.renewed.add(resource.address)
    if decision.writes and secrets_of(resource):
        await run.ask_for(secrets_of(resource), deadline)
        work, decision = _judged(run, work.case)
    observed = await _carry_out(work, decision, deadline)
    run.outputs[resource.address] = resource.outputs(observed)
    if not decision.writes:
        await _keep(work, observed)
    return decision.action


def _judged(run: Run[CloudT], case: Case[CloudT]) -> tuple[writing.Writing[CloudT], Decision]:
    """Return what is to be done about a case, by what is known by now."""
    known, seal = run.known(), run.journal.seal
    settled = settle(case.resource.properties, known, seal)
    depends_on = tuple(sorted(needed(case.resource)))
    work = writing.Writing(run, case, known, settled, depends_on)
    return work, decide(case, settled, seal)


async def _looked_at(run: Run[CloudT], case: Case[CloudT], deadline: float) -> Case[CloudT]:
    """Return a case as it stands by now."""
    return dataclasses.replace(case, observed=await seen(run.engine, case.resource, deadline))


async def _carry_out(
    work: writing.Writing[CloudT], decision: Decision, deadline: float
) -> Observed:
    run, resource, observed = work.run, work.resource, work.case.observed
    if decision.action is Action.REPLACE:
        await remove(run, resource)
        run.renewed.add(resource.address)
        observed = None
    if observed is None:
        return await writing.create(work)
    if decision.writes:
        return await writing.update(work, observed, decision.differences)
    if resource.is_ready(observed):
        return observed
    return await until_ready(run.engine, resource, deadline)


async def _keep(work: writing.Writing[CloudT], observed: Observed) -> None:
    """Record what was found, where the record says otherwise."""
    resource, before = work.resource, work.case.record
    known = before.known_inputs if before else {}
    inputs = {name: _with_hashes(value, known.get(name)) for name, value in work.inputs().items()}
    record = Record(
        resource.address,
        resource.kind,
        resource.identity,
        work.depends_on,
        before.revision if before else "",
        made=True,
        inputs=inputs,
        outputs=dict(resource.outputs(observed)),
    )
    if record != before:
        await work.run.journal.write(Kept(record))


def _with_hashes(value: Json, recorded: Json) -> Json:
    """Return a value with the hashes of secrets that were not asked for, as they were recorded."""
    match value:
        case dict():
            sealed = Sealed.from_json(value)
            if sealed is not None:
                return recorded if sealed.digest is None else value
            before = recorded if isinstance(recorded, dict) else {}
            return {name: _with_hashes(item, before.get(name)) for name, item in value.items()}
        case list():
            items = recorded if isinstance(recorded, list) else []
            return [
                _with_hashes(item, items[place] if place < len(items) else None)
                for place, item in enumerate(value)
            ]
        case _:
            return value
