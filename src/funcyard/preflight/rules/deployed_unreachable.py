"""A deployed app whose Functions host does not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deployed.answers import Standing
from funcyard.deployed.log import SYSTEM_LOG
from funcyard.errors import UNREACHABLE
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    deployed = facts.deployed
    if deployed is None or deployed.standing is not Standing.UNREACHABLE:
        return
    yield RULE.found(
        "",
        0,
        f"no Functions host answers at {deployed.url}: {deployed.why_unreachable}",
        evidence=deployed.answer.quoted,
        next=SYSTEM_LOG,
    )


RULE = Rule(
    id="deployed-unreachable",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="The Functions host of the deployed app does not answer, though it was asked (--online).",
    why=(
        "Its name does not resolve, nothing listens, TLS fails, time runs out, or an ingress"
        " answers in its stead: then no replica runs, or the target port is not the host's."
        " Alone, this ends the command with exit status 4."
    ),
    mend=(
        "The finding says how far the request came. The system log of the container app says why no"
        " replica runs: give it to --logs."
    ),
    source="https://learn.microsoft.com/azure/container-apps/troubleshooting",
    check=_check,
    exit_status=UNREACHABLE,
)
