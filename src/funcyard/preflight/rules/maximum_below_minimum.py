"""Ranges of nodes or replicas that end before they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.container_apps import container_apps, environments
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.value import Value

_Range = tuple[str, str, int | None, str, int | None, "Value"]


def _check(facts: Facts) -> Iterator[Finding]:
    def look(deployment: Deployment) -> Iterator[Finding]:
        for owner, low, least, high, most, place in _ranges(deployment):
            if least is None or most is None or most >= least:
                continue
            yield RULE.found(
                place.file,
                place.line,
                f"{owner}: {high} is {most}, and {low} is {least}",
                evidence=facts.infrastructure.line(place),
                next=f"{high} of {least} or more",
            )

    yield from in_each(facts.infrastructure.deployments, look)


def _ranges(deployment: Deployment) -> Iterator[_Range]:
    for environment in environments(deployment).values():
        for profile in environment.profiles or ():
            place = profile.place("maximumCount", "minimumCount")
            owner = f"workload profile {profile.name} of {environment.name}"
            yield owner, "minimumCount", profile.minimum, "maximumCount", profile.maximum, place
    for app in container_apps(deployment):
        scale = app.value("template", "scale")
        if scale is not None:
            place = scale.get("maxReplicas") or scale.get("minReplicas") or scale
            yield app.name, "minReplicas", app.least, "maxReplicas", app.most, place


RULE = Rule(
    id="maximum-below-minimum",
    group=Group.CAPACITY,
    severity=Severity.ERROR,
    what="The greatest number of nodes or replicas is below the least.",
    why="Azure refuses the deployment.",
    mend="Raise the greatest number, or lower the least. Without maxReplicas it is 10.",
    source="https://learn.microsoft.com/azure/container-apps/scale-app#scale-definition",
    check=_check,
)
