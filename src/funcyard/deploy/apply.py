"""Carries a plan out along its graph, in parallel, and reports on every resource."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funcyard.deploy.bringing import bring
from funcyard.deploy.deciding import Action
from funcyard.deploy.entries import Began, Ended, Gone
from funcyard.deploy.events import Stage
from funcyard.deploy.observing import observe
from funcyard.deploy.plan import Plan, Reading, Step, leaving_decision, make_plan
from funcyard.deploy.records import Unended
from funcyard.deploy.removing import remove
from funcyard.deploy.resource import HiddenYetError
from funcyard.deploy.retrying import read
from funcyard.deploy.running import Run
from funcyard.deploy.schedule import Ending, Result, run_along
from funcyard.deploy.scope import Scope, everywhere, undeclared
from funcyard.deploy.store import Standing
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from funcyard.deploy.engine import Engine
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.resource import CloudT
    from funcyard.deploy.store import Journal


@dataclass(frozen=True, slots=True)
class Report:
    """How a run ended.

    Attributes:
        results: Of every step, by identity.
        addresses: The address of each identity.
        waits_for: What each waited for, by identity.
    """

    results: Mapping[str, Result]
    addresses: Mapping[str, str]
    waits_for: Mapping[str, frozenset[str]]

    @property
    def is_good(self) -> bool:
        """Whether everything was done."""
        return all(result.ending is Ending.DONE for result in self.results.values())

    def failures(self) -> dict[str, FuncyardError]:
        """Return why resources failed, by address."""
        return {
            self.addresses[identity]: result.failure
            for identity, result in self.results.items()
            if result.failure is not None
        }

    def blocked(self) -> tuple[str, ...]:
        """Return the addresses of what was not begun, since something before it failed."""
        return tuple(
            self.addresses[identity]
            for identity, result in self.results.items()
            if result.ending is Ending.BLOCKED
        )


def at_once(_plan: object) -> bool:
    """Approve whatever is planned."""
    return True


async def plan(
    engine: Engine[CloudT],
    graph: Graph[CloudT],
    *,
    adopt: Collection[str] = (),
    scope: Scope = everywhere,
) -> Plan[CloudT]:
    """Return what a deployment would do; changes nothing.

    Raises:
        FuncyardError: A resource cannot be read, belongs to another, or the state is damaged.
    """
    standing = await engine.store.read()
    return await _planned(engine, graph, standing, adopt, scope)


async def deploy(
    engine: Engine[CloudT],
    graph: Graph[CloudT],
    *,
    adopt: Collection[str] = (),
    scope: Scope = everywhere,
    approve: Callable[[Plan[CloudT]], bool] = at_once,
) -> Report | None:
    """Bring a stack to what a graph says; what it holds besides is taken away.

    Args:
        engine: What it is made with.
        graph: What is wanted.
        adopt: Addresses of resources that may be taken over from another owner.
        scope: Which addresses this is about; the graph holds them and what they depend on.
        approve: Asked before anything is changed, the state being held.

    Returns:
        How it went for every resource; None where it was not approved.

    Raises:
        FuncyardError: It could not begin: see :func:`plan`, or another deployment goes on.
    """
    async with engine.store.open() as journal:
        standing = Standing(journal.state, journal.seal)
        made = await _planned(engine, graph, standing, adopt, scope)
        if not approve(made):
            return None
        return await carry_out(
            engine, made, journal, Unended("deploy", within(made, scope), tuple(adopt))
        )


async def carry_out(
    engine: Engine[CloudT], made: Plan[CloudT], journal: Journal, what: Unended
) -> Report:
    """Carry a plan out under a journal, and put the state in the journal's place at the end."""
    declared = {
        step.resource.address: step.resource for step in made.steps.values() if step.is_declared
    }
    run = Run(engine, journal, declared)
    waits_for = {identity: step.waits_for for identity, step in made.steps.items()}
    await journal.write(Began(what))
    results = await run_along(
        waits_for, lambda identity: _one(run, made.steps[identity]), engine.clock
    )
    addresses = {identity: step.resource.address for identity, step in made.steps.items()}
    report = Report(results, addresses, waits_for)
    for identity, result in results.items():
        if result.ending is Ending.BLOCKED:
            causes = ", ".join(addresses[other] for other in result.blocked_by)
            engine.tell(addresses[identity], Stage.BLOCKED, f"by {causes}")
    if report.is_good:
        await journal.write(Ended())
    await journal.compact()
    return report


def within(made: Plan[CloudT], scope: Scope) -> tuple[str, ...] | None:
    """Return the addresses that a plan is about, None where that is the whole stack."""
    if scope is everywhere:
        return None
    found = {step.resource.address for step in made.steps.values()}
    return tuple(sorted(filter(scope, found)))


async def _planned(
    engine: Engine[CloudT],
    graph: Graph[CloudT],
    standing: Standing,
    adopt: Collection[str],
    scope: Scope,
) -> Plan[CloudT]:
    leaving = undeclared(graph, standing.state, engine.registry, scope)
    observed = await observe(engine, graph, leaving.values())
    return make_plan(Reading(graph, standing.state, observed, leaving), standing.seal, adopt=adopt)


async def _take_away(run: Run[CloudT], step: Step[CloudT]) -> Action:
    """Take away, or only forget, what is not wanted any more; return which of both was done."""
    resource, action = step.resource, step.decision.action
    record = step.case.record
    if action is Action.DELETE and record is not None:
        deadline = run.engine.clock.now() + resource.timeout
        try:
            found = await read(run.engine, resource, deadline)
        except HiddenYetError:
            found = step.case.observed
        # The plan may be long ago, and others write, too.
        action = leaving_decision(replace(step.case, observed=found), record).action
    if action is Action.FORGET:
        await run.journal.write(Gone(resource.identity))
    else:
        await remove(run, resource)
    return action


async def _one(run: Run[CloudT], step: Step[CloudT]) -> str:
    """Do what a step says; return what was done."""
    engine, resource, action = run.engine, step.resource, step.decision.action
    engine.tell(resource.address, Stage.STARTED, action.value)
    try:
        if step.is_declared:
            done = await bring(run, step.case)
            # What went with what it lies in is only made: it is replaced all the same.
            is_anew = (action, done) == (Action.REPLACE, Action.CREATE)
            action = action if is_anew else done
        else:
            action = await _take_away(run, step)
    except FuncyardError as fault:
        engine.tell(resource.address, Stage.FAILED, fault.message)
        raise
    engine.tell(resource.address, Stage.DONE, action.value)
    return action.value
