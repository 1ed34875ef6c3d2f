"""Whatever keeps an app from being imported and is no other rule's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for fault in app.survey.faults:
            file = app.name_of(fault.file)
            yield RULE.found(
                file,
                fault.line,
                f"{app.name}: the worker finds no function: {fault.kind}",
                evidence=fault.message,
                next=f"mend {file}:{fault.line}" if file else "",
            )


RULE = Rule(
    id="app-does-not-load",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Importing the app, or binding one of its functions, raises an exception.",
    why="One exception fails the whole app: the worker reports no function at all.",
    mend="The finding quotes the worker's words and names the line of yours that raised.",
    source="azure-functions-runtime 1.3.0, handle_event.load_function_metadata",
    check=_check,
)
