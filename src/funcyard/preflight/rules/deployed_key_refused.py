"""A deployed app that will not tell its status without another key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deployed.answers import Standing
from funcyard.errors import REFUSED
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.deployed.answers import Deployed
    from funcyard.preflight.facts import Facts

_NEXT = (
    "export FUNCYARD_MASTER_KEY=$(az functionapp keys list -g GROUP -n APP"
    " --query masterKey -o tsv)"
)
_FORBIDDEN = 403


def _check(facts: Facts) -> Iterator[Finding]:
    deployed = facts.deployed
    if deployed is not None and deployed.standing is Standing.REFUSED:
        yield RULE.found(
            "",
            0,
            f"{deployed.url} does not tell its status: {_why(deployed)}",
            evidence=deployed.answer.quoted,
            next=_NEXT,
        )


def _why(deployed: Deployed) -> str:
    answer = deployed.answer
    if "location" in answer.headers:
        return "it wants a sign-in first; authentication stands before the host"
    if "RBAC: access denied" in answer.body:
        return "the ingress does not accept requests from this address"
    if not deployed.with_key:
        return "it wants its master key, and FUNCYARD_MASTER_KEY is not set"
    if answer.status == _FORBIDDEN:
        return "the key is none that may ask, or something before the host forbids it"
    return "FUNCYARD_MASTER_KEY is not its master key"


RULE = Rule(
    id="deployed-key-refused",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="The deployed app refuses to tell its status and functions (--online).",
    why=(
        "The admin routes want the host's master key, in FUNCYARD_MASTER_KEY; function and host"
        " keys do not do. Alone, this ends the command with exit status 3."
    ),
    mend=(
        "Set the variable to the master key: az functionapp keys list, or the blob host.json in the"
        " container azure-webjobs-secrets of the app's storage."
    ),
    source="https://learn.microsoft.com/azure/azure-functions/function-keys-how-to",
    check=_check,
    exit_status=REFUSED,
)
