"""Container apps on a workload profile that their environment does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.container_apps import (
    CONSUMPTION,
    container_apps,
    environments,
)
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment


def _check(facts: Facts) -> Iterator[Finding]:
    def look(deployment: Deployment) -> Iterator[Finding]:
        known = environments(deployment)
        for app in container_apps(deployment):
            environment = known.get(app.environment_id or "")
            name = app.profile
            if environment is None or name is None or name.lower() == CONSUMPTION.lower():
                continue
            profiles = environment.profiles
            if profiles is None or environment.profile(name) is not None:
                continue
            place = app.place("workloadProfileName")
            names = [profile.name for profile in profiles]
            yield RULE.found(
                place.file,
                place.line,
                f"{app.name}: its workload profile {name} is none of its environment"
                f" {environment.name}, which has {', '.join(names) or 'none'}",
                evidence=facts.infrastructure.line(place),
                next=f"name one of them, or add {name} to the environment's workloadProfiles",
            )

    yield from in_each(facts.infrastructure.deployments, look)


RULE = Rule(
    id="profile-not-declared",
    group=Group.CAPACITY,
    severity=Severity.ERROR,
    what="A container app names a workload profile that its environment does not have.",
    why="Azure refuses the deployment: the profile has to be one of the environment's.",
    mend="Correct workloadProfileName, or add the profile to workloadProfiles.",
    source="https://learn.microsoft.com/azure/container-apps/workload-profiles-overview",
    check=_check,
)
