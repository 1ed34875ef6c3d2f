"""Workload profiles without room for an old and a new revision at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.capacity.packing import fit_on
from funcyard.capacity.sizes import amount
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.container_apps import nodes_now, revisions
from funcyard.preflight.infrastructure.rollouts import rollouts
from funcyard.preflight.infrastructure.telling import in_each, to_write
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.reading import Infrastructure
    from funcyard.preflight.infrastructure.rollouts import Rollout
    from funcyard.preflight.infrastructure.value import Value


_GROUP = re.compile(r"/resourceGroups/([^/]+)/", re.IGNORECASE)


def _check(facts: Facts) -> Iterator[Finding]:
    infrastructure = facts.infrastructure

    def look(deployment: Deployment) -> Iterator[Finding]:
        for rollout in rollouts(deployment):
            profile = rollout.placed.profile
            if profile.maximum is None or rollout.nodes <= profile.maximum:
                continue
            place = profile.place("maximumCount")
            yield RULE.found(
                place.file,
                place.line,
                _message(rollout, profile.maximum),
                evidence=_evidence(deployment, infrastructure, rollout, place),
                next=_next(deployment, infrastructure, rollout, place),
            )

    yield from in_each(infrastructure.deployments, look)


def _message(rollout: Rollout, most: int) -> str:
    placed = rollout.placed
    node, size, each = placed.node, placed.size, fit_on(placed.size, placed.node)
    when = (
        "its new revision cannot start"
        if rollout.certain
        else ("its new revision cannot start while a replica of the old one runs")
    )
    kept = rollout.revisions - 1
    old = "the old revision" if kept == 1 else f"{kept} old revisions"
    if rollout.old == rollout.running * kept:
        runs = f"{old} and the new one with {_replicas(rollout.running)} each"
    else:
        runs = f"{old} with {_replicas(rollout.old)} and the new one with {rollout.running}"
    others = f", beside {', '.join(rollout.others)}," if rollout.others else ""
    return (
        f"{placed.app.name}: {when}: a replica asks for {size}, a node of profile"
        f" {placed.profile.name} ({placed.profile.type}) has {amount(node.cpu)} and"
        f" {amount(node.memory)}, so {each} fit{'s' if each == 1 else ''} on a node; {runs}{others}"
        f" need {rollout.nodes} nodes, and maximumCount is {most}"
    )


def _replicas(count: int) -> str:
    return f"{count} replica{'' if count == 1 else 's'}"


def _next(
    deployment: Deployment, infrastructure: Infrastructure, rollout: Rollout, place: Value
) -> str:
    if deployment.live:
        own = rollout.placed.environment.resource.body.get("id")
        group = _GROUP.search(own.text) if own is not None else None
        return (
            f"az containerapp env workload-profile update -g {group[1] if group else 'GROUP'}"
            f" -n {rollout.placed.environment.name}"
            f" --workload-profile-name {rollout.placed.profile.name} --max-nodes {rollout.nodes}"
        )
    return to_write(infrastructure.line(place), "maximumCount", str(rollout.nodes))


def _evidence(
    deployment: Deployment, infrastructure: Infrastructure, rollout: Rollout, place: Value
) -> str:
    """Return what was seen: of a deployed app also its revisions and the nodes that there are."""
    placed = rollout.placed
    seen = [infrastructure.line(place)]
    now = nodes_now(deployment, placed.environment, placed.profile)
    if now is not None:
        seen.append(f"workloadProfileStates/{placed.profile.name}: currentCount = {now}")
    for one in revisions(deployment, placed.app):
        told = one.value("replicas")
        seen += [told.told] if told is not None else []
    return "\n".join(seen)


RULE = Rule(
    id="workload-profile-too-small",
    group=Group.CAPACITY,
    severity=Severity.ERROR,
    what="A workload profile has no room for the old and the new revision at once.",
    why=(
        "A new revision starts beside the old one, which is kept until the new one is ready. Where"
        " the profile has no node left for it, its replicas are never placed: the revision ends in"
        " Activation failed, and the old code goes on running. minReplicas 0 does not help: a"
        " revision is ready once a replica of it has started, whatever the least number is, and the"
        " old one gives its node up only after five minutes without anything to do. So such an app"
        " can be rolled out only while nobody uses it, which no deployment can count on."
    ),
    mend=(
        "Raise maximumCount to the number of nodes that the finding computes, or let a replica ask"
        " for less, so that two fit on one node."
    ),
    source=(
        "https://learn.microsoft.com/azure/container-apps/application-lifecycle-management"
        "#zero-downtime-deployment; https://learn.microsoft.com/azure/container-apps/scale-app"
        "#scale-behavior; measured: E16, 16 vCPU and 128 GiB a replica, minReplicas 0, fails with"
        " maximumCount 1 and starts with 2"
    ),
    check=_check,
)
