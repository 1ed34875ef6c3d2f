"""Whether there is room for what runs, and for a new revision beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import fails, passes, warns

if TYPE_CHECKING:
    from funcyard.containerapps.capacity import Capacity, Need
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.health.results import Judgement

NAME: Final = "capacity"
_NO_ROOM: Final = re.compile(
    r"maximum node count|node group size|insufficient (?:cpu|memory)|no nodes? (?:is |are )?"
    r"available|maximum allowed cores|quota|cannot be (?:scheduled|placed)|AssigningReplicaFailed",
    re.IGNORECASE,
)


def check(facts: Facts) -> Judgement:
    """Judge the workload profile."""
    app, environment = facts.existing, facts.environment
    if environment is None:
        return warns("not known: its environment was not told")
    if environment.profiles and environment.profile(app.profile) is None:
        known = ", ".join(one.name for one in environment.profiles)
        message = f"{environment.name} has no workload profile {app.profile}"
        mend = f"az containerapp update -n {app.name} --workload-profile-name PROFILE"
        return fails(message, (f"it has {known}",), mend)
    capacity = facts.capacity
    need = None if capacity is None else capacity.need(is_single=app.is_single)
    if capacity is not None and capacity.is_too_large:
        message = f"a replica asks for {capacity.replica}, and a node of {_profile(capacity)} has"
        mend = f"az containerapp update -n {app.name} --cpu LESS --memory LESS"
        return fails(f"{message} {capacity.node}", next=mend)
    if capacity is None or need is None:
        return _without_nodes(facts)
    return _with_nodes(facts, capacity, need)


def _without_nodes(facts: Facts) -> Judgement:
    """Judge a profile whose nodes are the platform's own."""
    told = _told(facts)
    if told and not facts.all_ready:
        mend = "https://learn.microsoft.com/azure/container-apps/quotas"
        return fails(f"there is no room: {told}", (told,), mend)
    return passes(f"{facts.existing.profile} has no nodes that could run out")


def _with_nodes(facts: Facts, capacity: Capacity, need: Need) -> Judgement:
    """Judge a profile that has nodes of its own."""
    profile = _profile(capacity)
    runs = (f"{one.count} of {one.revision}" for one in capacity.placed if one.count)
    seen = (
        f"a replica asks for {capacity.replica}, a node has {capacity.node}",
        f"replicas there: {', '.join(runs) or 'none'}",
        *((told,) if (told := _told(facts)) else ()),
    )
    if need.fits:
        room = f"on {need.nodes} of {capacity.maximum} nodes"
        if capacity.unknown:
            message = f"not known: without what could not be read a new revision fits {room}"
            return warns(
                f"{profile}: {message}", (*seen, *capacity.unknown), "funcyard orch capacity"
            )
        return passes(f"{profile}: a new revision fits, {room}", seen)
    name = facts.environment.name if facts.environment is not None else "ENVIRONMENT"
    mend = (
        f"az containerapp env workload-profile update -g {facts.resource.group} -n {name}"
        f" --workload-profile-name {capacity.profile} --max-nodes {need.nodes}"
    )
    wanted = f"{need.nodes} nodes, and there are at most {capacity.maximum}"
    if facts.is_latest_ready:
        message = f"{profile}: the next revision will not fit beside this one: it needs {wanted}"
        return warns(message, seen, mend)
    return fails(f"{profile}: the old and the new revision together need {wanted}", seen, mend)


def _profile(capacity: Capacity) -> str:
    return f"{capacity.profile} ({capacity.type})"


def _told(facts: Facts) -> str:
    """Return what the platform says of a lack of room; empty for nothing."""
    told = (f"{one.reason}: {one.message}" for one in facts.events_of_latest())
    return next((one for one in told if _NO_ROOM.search(one)), "")
