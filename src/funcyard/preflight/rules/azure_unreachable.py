"""A deployed app about which Azure could not be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.errors import UNREACHABLE
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    if facts.described is None:
        return
    from funcyard.preflight.describing import untold  # noqa: PLC0415 - keeps --help fast

    yield from untold(facts, RULE, reached=False)


RULE = Rule(
    id="azure-unreachable",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="Azure could not be asked about the deployed app (--online with the id of a resource).",
    why=(
        "It was not reached, broke off, took too long, or is throttling. What cannot be read is not"
        " judged. Alone, this ends the command with exit status 4."
    ),
    mend=(
        "Try again later; look at the network, and at a proxy between here and"
        " management.azure.com."
    ),
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
    check=_check,
    exit_status=UNREACHABLE,
)
