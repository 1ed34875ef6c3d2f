"""Replicas that fit on no node of their workload profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.capacity.profiles import nodes
from funcyard.capacity.sizes import amount
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.rollouts import placed_apps
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.rollouts import Placed


def _check(facts: Facts) -> Iterator[Finding]:
    def look(deployment: Deployment) -> Iterator[Finding]:
        for placed in placed_apps(deployment):
            if placed.fits:
                continue
            place = placed.app.place("template", "containers")
            containers = placed.app.containers or ()
            if len(containers) == 1:
                place = containers[0].get("resources") or place
            node, profile = placed.node, placed.profile
            yield RULE.found(
                place.file,
                place.line,
                f"{placed.app.name}: a replica asks for {placed.size}, and a node of profile"
                f" {profile.name} ({profile.type}) has {amount(node.cpu)} and"
                f" {amount(node.memory)}",
                evidence=facts.infrastructure.line(place),
                next=_next(placed),
            )

    yield from in_each(facts.infrastructure.deployments, look)


def _next(placed: Placed) -> str:
    series = placed.profile.type[0]
    size = placed.size
    for name, node in nodes().items():
        if name.startswith(series) and node.cpu >= size.cpu and node.memory >= size.memory:
            return f"ask for less, or take workloadProfileType {name}"
    return "ask for less"


RULE = Rule(
    id="replica-larger-than-node",
    group=Group.CAPACITY,
    severity=Severity.ERROR,
    what="A replica asks for more than a whole node of its workload profile.",
    why="No node can hold it, so no replica of any revision is ever placed.",
    mend="Let the containers ask for less together, or choose a profile with larger nodes.",
    source="https://learn.microsoft.com/azure/container-apps/workload-profiles-overview",
    check=_check,
)
