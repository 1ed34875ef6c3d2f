"""Whether there is room for what runs, and for a new revision beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import fails, passes, warns

if TYPE_CHECKING:
    from funcyard.containerapps.environment import Environment
    from funcyard.containerapps.health.facts import Facts, NextRevision
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
    if facts.room is None:
        return _without_nodes(facts)
    return _with_nodes(facts, facts.room, environment)


def _without_nodes(facts: Facts) -> Judgement:
    """Judge a profile whose nodes are the platform's own."""
    told = _told(facts)
    if told and not facts.all_ready:
        mend = "https://learn.microsoft.com/azure/container-apps/quotas"
        return fails(f"there is no room: {told}", (told,), mend)
    return passes(f"{facts.existing.profile} has no nodes that could run out")


def _with_nodes(facts: Facts, room: NextRevision, environment: Environment) -> Judgement:
    """Judge a profile that has nodes of its own."""
    seen = (
        f"a replica asks for {room.replica}, a node has {room.node}",
        *(line for line in (room.running, _told(facts)) if line),
    )
    if room.nodes <= room.maximum:
        message = f"{room.profile}: a new revision fits, on {room.nodes} of {room.maximum} nodes"
        return passes(message, seen)
    mend = (
        f"az containerapp env workload-profile update -g {facts.resource.group}"
        f" -n {environment.name} --workload-profile-name {facts.existing.profile}"
        f" --max-nodes {room.nodes}"
    )
    need = f"{room.nodes} nodes, and there are at most {room.maximum}"
    if facts.is_latest_ready:
        message = f"{room.profile}: the next revision will not fit beside this one: it needs {need}"
        return warns(message, seen, mend)
    return fails(f"{room.profile}: the old and the new revision together need {need}", seen, mend)


def _told(facts: Facts) -> str:
    """Return what the platform says of a lack of room; empty for nothing."""
    told = (f"{one.reason}: {one.message}" for one in facts.events_of_latest())
    return next((one for one in told if _NO_ROOM.search(one)), "")
