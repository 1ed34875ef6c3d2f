"""Whatever keeps an app from being loaded and is no other rule's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.OTHER):
        where = "" if fault.function == fault.app.name else f"{fault.function}: "
        yield RULE.found(
            fault.file,
            fault.line,
            f"{fault.app.name}: {where}the worker finds no function: {fault.failure.kind}",
            evidence=fault.evidence(),
            next=f"mend {fault.file}:{fault.line}",
        )


RULE = Rule(
    id="app-does-not-load",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Binding one of the app's functions raises an exception that no other rule knows.",
    why="One exception fails the whole app: the worker reports no function at all.",
    mend="The finding quotes the worker's words and names the line of yours that raised.",
    source="azure-functions-runtime 1.3.0, handle_event.load_function_metadata",
    check=_check,
)
