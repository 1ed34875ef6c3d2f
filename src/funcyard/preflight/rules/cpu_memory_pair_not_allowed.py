"""Sizes of replicas that the consumption profile does not offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.capacity.profiles import consumption
from funcyard.capacity.sizes import amount
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
    from funcyard.preflight.infrastructure.container_apps import ContainerApp, Environment
    from funcyard.preflight.infrastructure.deployment import Deployment


def _check(facts: Facts) -> Iterator[Finding]:
    allowed = consumption()

    def look(deployment: Deployment) -> Iterator[Finding]:
        known = environments(deployment)
        for app in container_apps(deployment):
            size = app.size
            if size is None or not _shares(app, known) or allowed.allows(size):
                continue
            containers = app.containers or ()
            place = app.place("template", "containers")
            if len(containers) == 1:
                place = containers[0].get("resources") or place
            nearest = allowed.nearest(size)
            yield RULE.found(
                place.file,
                place.line,
                f"{app.name}: its containers ask for {size} together, and the Consumption profile"
                f" offers {allowed}",
                evidence=facts.infrastructure.line(place),
                next=(
                    f"cpu {amount(nearest.cpu)}, memory {amount(nearest.memory)}Gi"
                    if nearest
                    else "run it on a dedicated workload profile"
                ),
            )

    yield from in_each(facts.infrastructure.deployments, look)


def _shares(app: ContainerApp, known: dict[str, Environment]) -> bool:
    """Tell whether an app certainly runs on the profile that every environment has."""
    name = app.profile
    if name is None:
        return False
    environment = known.get(app.environment_id or "")
    profile = environment.profile(name) if environment is not None else None
    kind = profile.type if profile is not None else name
    return kind.lower() == CONSUMPTION.lower()


RULE = Rule(
    id="cpu-memory-pair-not-allowed",
    group=Group.CAPACITY,
    severity=Severity.ERROR,
    what="A container app on the Consumption profile asks for a size that it does not offer.",
    why=(
        "Azure refuses the deployment with ContainerAppInvalidResourceTotal: the vCPUs and the"
        " memory of all containers together have to be one of the listed pairs."
    ),
    mend="Ask for one of the pairs, such as 0.5 vCPU with 1Gi, or run it on a dedicated profile.",
    source="https://learn.microsoft.com/azure/container-apps/containers#allocations",
    check=_check,
)
