"""An Azure CLI that ends well and says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.workstation import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.workstation import ToolAnswer


def _check(facts: Facts) -> Iterator[Finding]:
    said = facts.workstation.answers.get("az")
    fault = _fault(said) if said else ""
    if said and fault:
        yield RULE.found(
            "",
            0,
            f"az on this machine cannot be believed: {fault}",
            evidence=said.answer.errors.strip() if said.answer else said.fault,
            next="df -h; az cache purge; az version",
        )


def _fault(said: ToolAnswer) -> str:
    if said.fault:
        return f"it cannot be started: {said.fault}"
    if said.answer is None:
        return f"az version did not answer within {PATIENCE:g} seconds"
    if said.answer.status:
        return f"az version ended with exit status {said.answer.status}"
    if not said.answer.output.strip():
        return "az version ended with exit status 0 and printed nothing"
    return ""


RULE = Rule(
    id="az-answers-nothing",
    group=Group.WORKSTATION,
    severity=Severity.WARNING,
    what="az is installed and does not answer az version.",
    why=(
        "A full disk breaks the cache of az; it then ends with exit status 0 and empty output, or"
        " hangs. What such an az says of a deployment, nothing found, nothing running, is no answer"
        " about the deployment."
    ),
    mend="Make room on the disk, then az cache purge; if that does not help, install az again.",
    source="measured in a deployment with a full disk; https://learn.microsoft.com/cli/azure/cache",
    check=_check,
    asks_tools=True,
)
