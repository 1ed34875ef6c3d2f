"""Workload profiles of a type that Azure does not offer."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from funcyard.capacity.profiles import types
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.container_apps import environments
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment

_SERIES = re.compile(r"([DE])\d+", re.IGNORECASE)
"""Types whose sizes have been the same since there are workload profiles."""


def _check(facts: Facts) -> Iterator[Finding]:
    known = {name.lower() for name in types()}

    def look(deployment: Deployment) -> Iterator[Finding]:
        if deployment.live:
            return
        for environment in environments(deployment).values():
            for profile in environment.profiles or ():
                if profile.type.lower() in known:
                    continue
                place = profile.place("workloadProfileType")
                yield RULE.found(
                    place.file,
                    place.line,
                    f"workload profile {profile.name} of {environment.name} is of type"
                    f" {profile.type}, which is none that Azure offers",
                    evidence=facts.infrastructure.line(place),
                    next=_next(profile.type),
                    severity=None if _SERIES.fullmatch(profile.type) else Severity.WARNING,
                )

    yield from in_each(facts.infrastructure.deployments, look)


def _next(kind: str) -> str:
    series = _SERIES.fullmatch(kind)
    if series:
        near = [name for name in types() if re.fullmatch(rf"{series[1]}\d+", name, re.IGNORECASE)]
    else:
        near = get_close_matches(kind, types(), n=3)
    return f"one of {', '.join(near or types())}"


RULE = Rule(
    id="profile-type-unknown",
    group=Group.CAPACITY,
    severity=Severity.ERROR,
    what="A workload profile is of a type that Azure does not offer.",
    why=(
        "Azure refuses the deployment of the environment. Outside of the series D and E it is a"
        " warning, since Azure may have added a type."
    ),
    mend=(
        "Choose a type that the region offers: az containerapp env workload-profile list-supported"
        " --location REGION."
    ),
    source=(
        "https://learn.microsoft.com/azure/container-apps/workload-profiles-overview#profile-types;"
        " availableManagedEnvironmentsWorkloadProfileTypes of Microsoft.App, 2024-03-01"
    ),
    check=_check,
)
