"""A deployed app of which Azure does not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.errors import REFUSED
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    if facts.described is None:
        return
    from funcyard.preflight.describing import untold  # noqa: PLC0415 - keeps --help fast

    yield from untold(facts, RULE, reached=True)


RULE = Rule(
    id="azure-refuses",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="Azure does not tell about the deployed app (--online with the id of a resource).",
    why=(
        "Nobody is signed in, the sign-in may not read it, or there is no such app. What cannot be"
        " read is not judged: without the environment, nothing is said of its workload profiles,"
        " which is a warning. Alone, this ends the command with exit status 3."
    ),
    mend=(
        "Sign in (az login, or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET), and have"
        " the role Reader on the app and on its environment. az containerapp show --query id prints"
        " the id."
    ),
    source="https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors",
    check=_check,
    exit_status=REFUSED,
)
