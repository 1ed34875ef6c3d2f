"""A deployed Functions host that is not running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deployed.answers import Standing
from funcyard.deployed.log import CONSOLE_LOG
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

_RUNNING = "Running"
_STARTING = ("Default", "Starting", "Initialized")
"""States that pass by themselves (ScriptHostState)."""


def _check(facts: Facts) -> Iterator[Finding]:
    deployed = facts.deployed
    if deployed is None:
        return
    state, errors = deployed.state, deployed.errors
    down = deployed.standing is Standing.DOWN
    if not down and (not state or (state == _RUNNING and not errors)):
        return
    told = "answers that it is not running" if down else f"is in state {state}"
    yield RULE.found(
        "",
        0,
        f"the host at {deployed.url} {told}{'' if not errors else ', with errors'}",
        evidence="\n".join(errors) or deployed.answer.quoted,
        next=("ask again in a minute" if state in _STARTING else CONSOLE_LOG),
        severity=Severity.WARNING if state in (*_STARTING, _RUNNING) else None,
    )


RULE = Rule(
    id="deployed-host-not-running",
    group=Group.DEPLOYED,
    severity=Severity.ERROR,
    what="The host of the deployed app answers, and is not running, or tells of errors (--online).",
    why=(
        "In state Error the host serves nothing and tries to start again and again; every request"
        " gets 503. While it starts, or runs with errors, this is a warning."
    ),
    mend="The finding quotes the host's errors; its log, given to --logs, has the rest.",
    source=(
        "azure-functions-host: HostController.GetHostStatus, ScriptHostState,"
        " HostAvailabilityCheckMiddleware"
    ),
    check=_check,
)
