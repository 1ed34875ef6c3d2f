"""Deployed container apps whose latest revision did not become ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deployed.log import SYSTEM_LOG
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.container_apps import container_apps, revisions
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.container_apps import Revision

_FAILED = {"failed", "degraded", "unhealthy"}
_STATES = ("provisioningState", "runningState", "healthState")


def _check(facts: Facts) -> Iterator[Finding]:
    live = facts.live
    for app in container_apps(live) if live is not None else ():
        latest, ready = app.value("latestRevisionName"), app.value("latestReadyRevisionName")
        if live is None or latest is None or (ready is not None and ready.text == latest.text):
            continue
        found = (one for one in revisions(live, app) if one.name == latest.text)
        revision = next(found, None)
        runs = f"{ready.text} goes on running" if ready is not None else "none ever did"
        failed = revision is not None and _has_failed(revision)
        yield RULE.found(
            "",
            0,
            f"{app.name}: its latest revision {latest.text} is not ready, and {runs}",
            evidence=_seen(revision) if revision is not None else latest.told,
            next=SYSTEM_LOG if failed else "ask again in a minute",
            severity=None if failed else Severity.WARNING,
        )


def _has_failed(revision: Revision) -> bool:
    return any(revision.text(name).lower() in _FAILED for name in _STATES)


def _seen(revision: Revision) -> str:
    told = [revision.value(name) for name in (*_STATES, "provisioningError", "runningStateDetails")]
    return "\n".join(value.told for value in told if value is not None)


RULE = Rule(
    id="revision-not-ready",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="The latest revision of the deployed container app did not become ready.",
    why=(
        "Requests still go to the old revision, so the new code does not run, while the app itself"
        " says Succeeded and Running. Why is told by what stands above, or by the system log. One"
        " that has not failed may still be starting: that is a warning."
    ),
    mend="Mend the cause and deploy again; the system log of the app tells it: give it to --logs.",
    source="https://learn.microsoft.com/azure/container-apps/revisions; latestReadyRevisionName and"
    " latestRevisionName of Microsoft.App/containerApps",
    check=_check,
)
