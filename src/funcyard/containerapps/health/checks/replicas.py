"""Whether there are as many replicas as are wanted, and whether they go on running."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.containerapps.health.results import (
    Depth,
    Judgement,
    Outcome,
    fails,
    passes,
    skips,
    warns,
)

if TYPE_CHECKING:
    from funcyard.containerapps.health.facts import Facts
    from funcyard.containerapps.models import App, Replica, ReplicaContainer, Revision

NAME: Final = "replicas"
_MEMORY: Final = re.compile(r"OOMKilled|out of memory|exit code:? '?137'?", re.IGNORECASE)
_CRASHING: Final = re.compile(r"CrashLoopBackOff|BackOff|exit code", re.IGNORECASE)
_MANY: Final = 3
"""So many restarts are no accident."""


def check(facts: Facts) -> Judgement:
    """Judge the replicas of the latest revision, and of those that requests go to."""
    app = facts.existing
    if not facts.active:
        return skips("no revision is active")
    for revision in sorted(facts.active, key=lambda one: one.name != app.latest_revision):
        found = _of_revision(facts, app, revision)
        if found is not None:
            return found
    count = sum(len(facts.replicas.get(one.name, ())) for one in facts.active)
    if not count:
        return passes("none, as long as nobody asks for anything")
    return passes(f"{count} of {len(facts.active)} active revisions, all ready")


def _of_revision(facts: Facts, app: App, revision: Revision) -> Judgement | None:
    replicas = facts.replicas.get(revision.name, ())
    least = revision.template.scale.least
    logs = f"funcyard orch logs --revision {revision.name} --tail 100"
    if not replicas and not least:
        if revision.name == app.latest_ready_revision:
            return _asleep(facts, app, revision)
        if revision.name != app.latest_revision and not _says_failed(revision):
            return None  # it rests until somebody asks for it
    for replica in replicas:
        ended = _ended(facts, revision, replica, logs)
        if ended is not None:
            return ended
    ready = [one for one in replicas if one.ready]
    wanted = max(least, 1)
    if len(ready) >= wanted and len(ready) == len(replicas):
        return None
    message = f"{revision.name} has {len(ready)} of {max(wanted, len(replicas))} replicas ready"
    seen = tuple(
        f"{one.name}: {one.states.running_state} {one.states.details}".rstrip() for one in replicas
    )
    if len(ready) >= wanted:
        return warns(message, seen, "funcyard orch replicas")
    outcome = (
        Outcome.FAIL if revision.name != app.latest_revision or _is_late(facts) else Outcome.WARN
    )
    return Judgement(outcome, message, seen, logs, Depth.SYMPTOM)


def _is_late(facts: Facts) -> bool:
    latest = facts.latest
    if latest is None or facts.is_latest_ready or latest.created is None:
        return True
    return _says_failed(latest) or (facts.now - latest.created).total_seconds() > _PATIENCE


def _says_failed(revision: Revision) -> bool:
    return "fail" in revision.states.running_state.lower()


_PATIENCE: Final = 120.0
"""Seconds in which a replica is up, where nothing is wrong."""


def _asleep(facts: Facts, app: App, revision: Revision) -> Judgement | None:
    """Tell of a revision without replicas that nothing will ever wake."""
    rules = revision.template.scale.rules
    only_others = (
        facts.expected is not None
        and facts.expected.triggers
        and not any("http" in one.lower() for one in facts.expected.triggers)
    )
    if rules or (app.ingress is not None and not only_others):
        return None
    why = (
        "it has neither ingress nor a scale rule"
        if app.ingress is None
        else "no function of it is called by HTTP, and it has no scale rule"
    )
    return fails(
        f"{revision.name} was scaled to zero, and nothing wakes it: {why}",
        (f"minReplicas 0, replicas {len(facts.replicas.get(revision.name, ()))}",),
        f"az containerapp update -g {facts.resource.group} -n {app.name} --min-replicas 1",
    )


def _ended(facts: Facts, revision: Revision, replica: Replica, logs: str) -> Judgement | None:
    """Tell of a container that ends again and again."""
    for container in replica.every_container():
        told = _told_of(facts, replica, container)
        if _MEMORY.search(told):
            size = next(
                (one.size for one in revision.template.containers if one.name == container.name),
                None,
            )
            limit = f" of {size}" if size is not None else ""
            return fails(
                f"{container.name} was killed for using more memory than it may{limit}",
                tuple(told.splitlines()),
                f"az containerapp update -n {facts.resource.name} --memory MORE; look for what"
                " takes it",
            )
        count = container.states.restart_count
        is_down = container.states.running_state.lower() != "running"
        if (count and is_down) or (count >= _MANY and not container.states.ready):
            message = (
                f"{container.name} of {replica.name} ends whenever it is started ({count} times)"
            )
            return fails(message, tuple(told.splitlines()), logs, Depth.EFFECT)
        if is_down and _CRASHING.search(told):
            message = f"{container.name} of {replica.name} has ended"
            return fails(message, tuple(told.splitlines()), logs, Depth.EFFECT)
    return None


def _told_of(facts: Facts, replica: Replica, container: ReplicaContainer) -> str:
    """Return what is known of a container's end, a line each."""
    if container.states.ready:
        return ""
    events = [
        f"{one.reason}: {one.message}"
        for one in facts.events
        if one.replica == replica.name and ("Terminated" in one.reason or one.is_warning)
    ]
    details = [container.states.details] if container.states.details else []
    return "\n".join([*details, *events[-3:]])
