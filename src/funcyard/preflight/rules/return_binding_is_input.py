"""An input that is bound to the returned value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.code.decorators import RETURN
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.RETURN_BINDING):
        decorator = fault.definition.binding(RETURN) if fault.definition else None
        line = decorator.line if decorator else fault.line
        yield RULE.found(
            fault.file,
            line,
            f"{fault.function}: $return is bound to an input"
            + (f", {decorator.name}" if decorator else ""),
            evidence=fault.evidence(line),
            next="name a parameter in arg_name, or use the output of that kind",
        )


RULE = Rule(
    id="return-binding-is-input",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="An input binding has $return as its name.",
    why="$return is what the function gives back. The worker refuses it on an input.",
    mend="Give the input a parameter's name; $return belongs to an output.",
    source="azure-functions-runtime 1.3.0, functions.Registry.validate_binding_direction",
    check=_check,
)
