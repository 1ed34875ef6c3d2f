"""Two modules that import each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.shadowing import shadow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.CIRCLE):
        if shadow(fault) is not None:
            continue
        module = fault.given["module"]
        yield RULE.found(
            fault.file,
            fault.line,
            f"{fault.app.name}: {fault.file} imports from {module} while {module} is itself being"
            " imported, and has not got so far",
            evidence=fault.evidence(),
            next="decorate with a func.Blueprint() of its own here, and register it in the script",
        )


RULE = Rule(
    id="circular-import",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A module imports a name from one that is importing it.",
    why=(
        "The name is not bound yet, so the import raises ImportError and the worker finds no"
        " function. Typical is a module that takes the app from the script which imports it."
    ),
    mend="Let the module make a Blueprint that the script registers, or make the app in a third.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference-python#blueprints",
    check=_check,
)
