"""A binding of direction inout."""

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
    for fault in caused_by(facts, Cause.INOUT):
        yield RULE.found(
            fault.file,
            fault.line,
            f"{fault.function}: one of its bindings is both input and output",
            evidence=fault.evidence(),
            next="bind an input and an output, each with a parameter of its own",
        )


RULE = Rule(
    id="inout-binding",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what='A binding has the direction "inout".',
    why="The Python worker has no such bindings; it refuses the function and with it the app.",
    mend="Bind what is read and what is written apart.",
    source="azure-functions-runtime 1.3.0, functions.Registry.validate_binding_direction",
    check=_check,
)
