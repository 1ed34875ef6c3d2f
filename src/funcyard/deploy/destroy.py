"""Takes a stack away, by its state alone: in reverse of what needed what, past failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.apply import Report, at_once, carry_out, within
from funcyard.deploy.deciding import Case
from funcyard.deploy.observing import observe
from funcyard.deploy.ordering import before_deleting
from funcyard.deploy.plan import Plan, Step, leaving_decision
from funcyard.deploy.records import Unended
from funcyard.deploy.scope import Scope, everywhere
from funcyard.errors import UserError
from funcyard.output import first_few

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.deploy.engine import Engine
    from funcyard.deploy.records import Record, State
    from funcyard.deploy.resource import CloudT


class StillNeededError(UserError):
    """What stays needs what is to be taken away."""

    code = "still-needed"


async def plan_destroy(engine: Engine[CloudT], *, scope: Scope = everywhere) -> Plan[CloudT]:
    """Return what taking the stack away would do; changes nothing.

    Raises:
        StillNeededError: What is outside the scope needs what is in it.
        FuncyardError: A resource cannot be read, or is of a type that is not known.
    """
    return await _planned(engine, (await engine.store.read()).state, scope)


async def destroy(
    engine: Engine[CloudT],
    *,
    scope: Scope = everywhere,
    approve: Callable[[Plan[CloudT]], bool] = at_once,
) -> Report | None:
    """Take everything away that the state holds and that is still this stack's.

    Args:
        engine: What it is made with.
        scope: Which addresses it is about.
        approve: Asked before anything is changed, the state being held.

    Returns:
        How it went for every resource; None where it was not approved.

    Raises:
        FuncyardError: It could not begin: see :func:`plan_destroy`, or a deployment goes on.
    """
    async with engine.store.open() as journal:
        made = await _planned(engine, journal.state, scope)
        if not approve(made):
            return None
        return await carry_out(engine, made, journal, Unended("destroy", within(made, scope)))


async def _planned(engine: Engine[CloudT], state: State, scope: Scope) -> Plan[CloudT]:
    leaving = {
        identity: record for identity, record in state.records.items() if scope(record.address)
    }
    _check_not_needed(leaving, state)
    resources = {identity: engine.registry.rebuild(record) for identity, record in leaving.items()}
    observed = await observe(engine, (), resources.values())
    waits = before_deleting(leaving.values())
    steps = {}
    for identity, resource in resources.items():
        record = state.records[identity]
        case = Case(resource, observed[identity], record, state.stack)
        steps[identity] = Step(
            case, leaving_decision(case, record), waits[identity], is_declared=False
        )
    return Plan(steps)


def _check_not_needed(leaving: Mapping[str, Record], state: State) -> None:
    gone = {record.address for record in leaving.values()}
    faults = [
        f"{record.address} needs {address}"
        for identity, record in state.records.items()
        if identity not in leaving
        for address in sorted(gone.intersection(record.depends_on))
    ]
    if faults:
        raise StillNeededError(first_few(faults), hint="take away what needs it first, or with it")
