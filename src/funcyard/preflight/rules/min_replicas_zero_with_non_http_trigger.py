"""Apps that are scaled to nothing although something other than a request has to wake them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.linking import linked
from funcyard.preflight.infrastructure.telling import in_each, to_write
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.container_apps import ContainerApp
    from funcyard.preflight.infrastructure.deployment import Deployment

_WAITING = {
    "blobTrigger",
    "cosmosDBTrigger",
    "eventHubTrigger",
    "kafkaTrigger",
    "queueTrigger",
    "rabbitMQTrigger",
    "serviceBusTrigger",
    "sqlTrigger",
    "timerTrigger",
}
"""Triggers that the host itself has to be running for."""


def _check(facts: Facts) -> Iterator[Finding]:
    def look(deployment: Deployment) -> Iterator[Finding]:
        for app, _, runs in linked(facts, deployment):
            waiting = [f for f in runs.survey.index.functions if f.trigger.type in _WAITING]
            if not waiting or not _sleeps(app):
                continue
            place = app.place("template", "scale", "minReplicas")
            first = waiting[0]
            more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
            line = facts.infrastructure.line(place)
            yield RULE.found(
                place.file,
                place.line,
                f"{app.name} is scaled to zero, and then nothing wakes it for {first.name}"
                f" ({first.trigger.type}){more}",
                evidence=line,
                next=to_write(line, "minReplicas", "1"),
            )

    yield from in_each(facts.infrastructure.deployments, look)


def _sleeps(app: ContainerApp) -> bool:
    """Tell whether an app may have no replica, and only a request brings one back."""
    if app.least != 0 or app.resource.body.get("kind") is not None or app.rules is None:
        return False
    return all(rule.get("http") is not None or rule.get("tcp") is not None for rule in app.rules)


RULE = Rule(
    id="min-replicas-zero-with-non-http-trigger",
    group=Group.CAPACITY,
    severity=Severity.WARNING,
    what="A container app may be scaled to zero, but has functions that no request starts.",
    why=(
        "Without minReplicas, and without a scale rule for what they wait for, the last replica"
        " ends a few minutes after the last request. Timers do not fire then, and messages stay"
        " where they are, until somebody happens to send a request."
    ),
    mend=(
        "Set minReplicas to 1, or add a scale rule (KEDA) for the queue or the schedule. Apps of"
        " kind functionapp get such rules from Azure."
    ),
    source="https://learn.microsoft.com/azure/container-apps/scale-app#scale-behavior",
    check=_check,
)
