"""The plan: what is done about every resource, declared or recorded, from one reading of each.

It only judges what was read. Outputs of what is yet to be made are unknown in it, so apply judges
again what depends on them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from funcyard.deploy.deciding import Action, Case, Decision, decide
from funcyard.deploy.ordering import before_deleting
from funcyard.deploy.ownership import ForeignResourceError, owner_of
from funcyard.deploy.resource import CloudT, Observed, Resource
from funcyard.deploy.settling import Known, settle
from funcyard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from funcyard.deploy.graph import Graph
    from funcyard.deploy.records import Record, State
    from funcyard.deploy.refs import Json
    from funcyard.deploy.sealing import Seal


class UnknownAddressError(UsageError):
    """An address that no resource has."""

    code = "unknown-address"


@dataclass(frozen=True, slots=True)
class Step(Generic[CloudT]):
    """What is done about one resource.

    Attributes:
        case: The resource and what is known about it.
        decision: What is to be done.
        waits_for: Identities of the steps that come before.
        is_declared: Whether it is wanted; a recorded one is not.
    """

    case: Case[CloudT]
    decision: Decision
    waits_for: frozenset[str]
    is_declared: bool

    @property
    def resource(self) -> Resource[CloudT]:
        """The resource."""
        return self.case.resource


@dataclass(frozen=True, slots=True)
class Plan(Generic[CloudT]):
    """What is done about every resource: steps by identity, each after what it depends on."""

    steps: Mapping[str, Step[CloudT]]

    @property
    def writes(self) -> bool:
        """Whether anything in the cloud is changed."""
        return any(step.decision.writes for step in self.steps.values())

    def counts(self) -> Mapping[Action, int]:
        """Return how often each action is taken."""
        return Counter(step.decision.action for step in self.steps.values())


@dataclass(frozen=True, slots=True)
class Reading(Generic[CloudT]):
    """What a plan is made from.

    Attributes:
        graph: What is wanted.
        state: What is recorded.
        observed: Every declared and recorded resource by its identity, None where it is not there.
        undeclared: Those that are recorded only, rebuilt, by their identity.
    """

    graph: Graph[CloudT]
    state: State
    observed: Mapping[str, Observed | None]
    undeclared: Mapping[str, Resource[CloudT]]


def make_plan(reading: Reading[CloudT], seal: Seal, *, adopt: Collection[str] = ()) -> Plan[CloudT]:
    """Judge what was read.

    Args:
        reading: What was read.
        seal: Of the state.
        adopt: Addresses of resources that may be taken over from another owner.

    Raises:
        UnknownAddressError: One of ``adopt`` is no resource's.
        ForeignResourceError: Resources of wanted names belong to others; all of them are named.
        CannotAdoptError: One that may be taken over could only be replaced.
    """
    unknown = sorted(set(adopt) - reading.graph.resources.keys())
    if unknown:
        raise UnknownAddressError(
            f"no resource has the address {', '.join(unknown)}",
            hint=f"one of {', '.join(sorted(reading.graph.resources))}",
        )
    steps = _declared(reading, seal, adopt)
    return Plan({**steps, **_leaving(reading, steps)})


def _declared(
    reading: Reading[CloudT], seal: Seal, adopt: Collection[str]
) -> dict[str, Step[CloudT]]:
    steps: dict[str, Step[CloudT]] = {}
    outputs: dict[str, Mapping[str, Json]] = {}
    revisions: dict[str, str] = {}
    refused = []
    for resource in reading.graph:
        record = reading.state.records.get(resource.identity)
        observed = reading.observed[resource.identity]
        case = Case(resource, observed, record, reading.state.stack, resource.address in adopt)
        try:
            decision = decide(
                case, settle(resource.properties, Known(outputs, revisions), seal), seal
            )
        except ForeignResourceError as fault:
            refused.append(fault)
            continue
        decision = _with_what_it_lies_in(case, decision, steps)
        if decision.action not in {Action.CREATE, Action.REPLACE} and observed is not None:
            if resource.is_ready(observed):
                outputs[resource.address] = resource.outputs(observed)
            if record is not None:
                revisions[resource.address] = record.revision
        needs = reading.graph.dependencies[resource.address]
        waits = frozenset(reading.graph.resources[address].identity for address in needs)
        steps[resource.identity] = Step(case, decision, waits, is_declared=True)
    if len(refused) == 1:
        raise refused[0]
    if refused:
        raise ForeignResourceError(
            "; ".join(fault.message for fault in refused),
            hint="choose other names, or take them over: --adopt ADDRESS for each",
        )
    return steps


def _with_what_it_lies_in(
    case: Case[CloudT], decision: Decision, steps: Mapping[str, Step[CloudT]]
) -> Decision:
    """Return what is done about a resource, which is made anew where what it lies in is."""
    if decision.action in {Action.CREATE, Action.REPLACE}:
        return decision
    identity = case.resource.identity
    for other, step in steps.items():
        if step.decision.action is Action.REPLACE and identity.startswith(f"{other}/"):
            reason = f"it goes with {step.resource.address}, with what is in it"
            return Decision(Action.REPLACE, decision.differences, reason)
    return decision


def _leaving(
    reading: Reading[CloudT], declared: Mapping[str, Step[CloudT]]
) -> dict[str, Step[CloudT]]:
    records = reading.state.records
    leaving = [records[identity] for identity in reading.undeclared]
    staying = [record for identity, record in records.items() if identity in declared]
    waits = before_deleting(leaving, staying)
    steps = {}
    for identity, resource in reading.undeclared.items():
        successors = {
            step.resource.identity
            for step in declared.values()
            if step.resource.address == resource.address
        }
        observed = reading.observed[identity]
        case = Case(resource, observed, records[identity], reading.state.stack)
        decision = leaving_decision(case, records[identity])
        steps[identity] = Step(case, decision, waits[identity] | successors, is_declared=False)
    return steps


def leaving_decision(case: Case[CloudT], record: Record) -> Decision:
    """Return what is to be done about a resource that is not wanted any more."""
    if case.resource.goes_along:
        return Decision(Action.FORGET, reason="it goes with what it lies in")
    if case.observed is None and record.pending:
        # A cloud may show only later what was made just before a kill.
        return Decision(Action.DELETE, reason="it is not known whether it was made")
    if case.observed is None:
        return Decision(Action.FORGET, reason="it is not there any more")
    owner = owner_of(case.resource, case.observed, record, case.stack)
    if not owner.is_us:
        return Decision(Action.FORGET, reason=f"it belongs to {owner} and is left alone")
    return Decision(Action.DELETE)
