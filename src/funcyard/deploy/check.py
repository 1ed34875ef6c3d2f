"""Tells of every declared resource whether it is as it shall be; changes nothing.

It reads each resource once and compares it with what is declared and recorded. A plan says what to
do about it; this says how it is, also where a plan could not be made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from funcyard.deploy.deciding import UNENDED, Case, found_differences, is_unended
from funcyard.deploy.observing import look
from funcyard.deploy.ownership import owner_of
from funcyard.deploy.settling import Known, Unknown, settle
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.deploy.diff import Difference
    from funcyard.deploy.engine import Engine
    from funcyard.deploy.graph import Graph
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import CloudT, Observed, Resource
    from funcyard.deploy.store import Standing


@dataclass(frozen=True, slots=True)
class Present:
    """It is there, ready, and as it shall be."""


@dataclass(frozen=True, slots=True)
class Absent:
    """It is not there."""


@dataclass(frozen=True, slots=True)
class Drifted:
    """It is there and not as it shall be.

    Attributes:
        differences: What differs.
    """

    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """It cannot be told.

    Attributes:
        reason: Why.
    """

    reason: str


Check: TypeAlias = Present | Absent | Drifted | Undecided


async def check(engine: Engine[CloudT], graph: Graph[CloudT]) -> dict[str, Check]:
    """Return how every declared resource is, by address, in the order of the graph.

    Raises:
        StateDamagedError: The state cannot be read.
    """
    standing = await engine.store.read()
    found = await look(engine, graph)
    known = _known(graph, found, standing)
    return {
        resource.address: _judged(resource, found[resource.identity], known, standing)
        for resource in graph
    }


def _known(
    graph: Graph[CloudT],
    found: Mapping[str, Observed | FuncyardError | None],
    standing: Standing,
) -> Known:
    """Return outputs as they are now; of what is not there, as they were recorded."""
    outputs: dict[str, Mapping[str, Json]] = {}
    revisions = {}
    for resource in graph:
        observed = found[resource.identity]
        record = standing.state.records.get(resource.identity)
        if record is not None:
            revisions[resource.address] = record.revision
            if record.made:
                outputs[resource.address] = record.outputs
        if observed is None or isinstance(observed, FuncyardError):
            continue
        if resource.is_ready(observed):
            outputs[resource.address] = resource.outputs(observed)
    return Known(outputs, revisions)


def _judged(
    resource: Resource[CloudT],
    observed: Observed | FuncyardError | None,
    known: Known,
    standing: Standing,
) -> Check:
    if observed is None:
        return Absent()
    if isinstance(observed, FuncyardError):
        return Undecided(observed.message)
    record = standing.state.records.get(resource.identity)
    case = Case(resource, observed, record, standing.state.stack)
    reason = _why_undecided(case, observed)
    if reason is not None:
        return Undecided(reason)
    differences = found_differences(
        case, settle(resource.properties, known, standing.seal), standing.seal
    )
    for difference in differences:
        if isinstance(difference.wanted, Unknown):
            return Undecided(f"nobody knows {difference.wanted.source} yet")
    if differences:
        return Drifted(differences)
    return Undecided(UNENDED) if is_unended(case) else Present()


def _why_undecided(case: Case[CloudT], observed: Observed) -> str | None:
    """Return why nothing can be said of a resource that is there, None where it can."""
    owner = owner_of(case.resource, observed, case.record, case.stack)
    if not owner.is_us:
        return f"it belongs to {owner}"
    fault = case.resource.fault(observed)
    if fault:
        return f"it failed: {fault}"
    return None if case.resource.is_ready(observed) else "it is not ready yet"
