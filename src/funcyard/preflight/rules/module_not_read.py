"""Modules of registries that keep a rule from judging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.container_apps import CONSUMPTION, container_apps
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.infrastructure.value import Value
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment


def _check(facts: Facts) -> Iterator[Finding]:
    def look(deployment: Deployment) -> Iterator[Finding]:
        for app in container_apps(deployment):
            where, profile = app.environment_id, app.profile
            if where is None or profile is None or profile.lower() == CONSUMPTION.lower():
                continue
            for module in deployment.unread:
                if not module.makes(where):
                    continue
                place = Value(None, module.file, module.line)
                yield RULE.found(
                    module.file,
                    module.line,
                    f"{app.name}: whether its workload profile {profile} has room is not judged:"
                    f" its environment is made by {module.source}, which is not read",
                    evidence=facts.infrastructure.line(place),
                    next="funcyard check --online ID, once it is deployed",
                )

    yield from in_each(facts.infrastructure.deployments, look)


RULE = Rule(
    id="module-not-read",
    group=Group.CAPACITY,
    severity=Severity.NOTE,
    what="A module of a registry makes the environment of a container app on a dedicated profile.",
    why=(
        "Templates are read on this machine, without the network. Of the public registry the"
        " modules avm/res/app/container-app and avm/res/app/managed-environment are known; what"
        " others make is not, so nothing can be said of it."
    ),
    mend="Ask the deployed app instead (--online with its resource id), or ignore this rule.",
    source="https://learn.microsoft.com/azure/azure-resource-manager/bicep/modules#public-module-registry",
    check=_check,
)
