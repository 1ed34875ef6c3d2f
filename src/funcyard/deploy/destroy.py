"""Takes a stack away, by its state alone: in reverse of what needed what, past failures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.apply import Report, at_once, carry_out
from funcyard.deploy.deciding import Case
from funcyard.deploy.observing import observe
from funcyard.deploy.ordering import before_deleting
from funcyard.deploy.plan import Plan, Step, leaving_decision

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.deploy.engine import Engine
    from funcyard.deploy.records import State
    from funcyard.deploy.resource import CloudT


async def plan_destroy(engine: Engine[CloudT]) -> Plan[CloudT]:
    """Return what taking the stack away would do; changes nothing.

    Raises:
        FuncyardError: A resource cannot be read, or is of a type that is not known.
    """
    return await _planned(engine, (await engine.store.read()).state)


async def destroy(
    engine: Engine[CloudT], *, approve: Callable[[Plan[CloudT]], bool] = at_once
) -> Report | None:
    """Take everything away that the state holds and that is still this stack's.

    Args:
        engine: What it is made with.
        approve: Asked before anything is changed, the state being held.

    Returns:
        How it went for every resource; None where it was not approved.

    Raises:
        FuncyardError: It could not begin: see :func:`plan_destroy`, or a deployment goes on.
    """
    async with engine.store.open() as journal:
        made = await _planned(engine, journal.state)
        return await carry_out(engine, made, journal, "destroy") if approve(made) else None


async def _planned(engine: Engine[CloudT], state: State) -> Plan[CloudT]:
    resources = {
        identity: engine.registry.rebuild(record) for identity, record in state.records.items()
    }
    observed = await observe(engine, resources.values())
    waits = before_deleting(state.records.values())
    steps = {}
    for identity, resource in resources.items():
        record = state.records[identity]
        case = Case(resource, observed[identity], record, state.stack)
        steps[identity] = Step(
            case, leaving_decision(case, record), waits[identity], is_declared=False
        )
    return Plan(steps)
