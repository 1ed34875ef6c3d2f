"""An import that does not end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.HANGS):
        script = script_of(fault.app)
        yield RULE.found(
            fault.file or fault.app.name_of(script),
            fault.line,
            f"{fault.app.name}: importing {script} does not end within {facts.request.timeout:g} s",
            evidence=fault.evidence(),
            next="move what waits into a function; if it only takes long, raise --timeout",
        )


RULE = Rule(
    id="import-hangs",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Importing the script takes longer than --timeout.",
    why=(
        "The host waits for the worker's functions and then restarts it, over and over: the app"
        " never serves anything."
    ),
    mend="Import only what defines functions; connect, download and wait inside of them.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-app-settings",
    check=_check,
)
