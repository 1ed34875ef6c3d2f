"""A function with more than one trigger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.code.definitions import definitions
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.definitions import Definition
    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.SEVERAL_TRIGGERS):
        definition = _decorated_at(fault)
        triggers = [
            f"{decorator.name} (line {decorator.line})"
            for decorator in (definition.decorators if definition else ())
            if decorator.type.endswith("Trigger")
        ]
        yield RULE.found(
            fault.file,
            fault.line,
            f"{definition.name if definition else fault.app.name}: has several triggers: "
            + " and ".join(triggers),
            evidence=fault.evidence().partition(". ")[0],
            next="keep one trigger; let a second function with the other call the same code",
        )


def _decorated_at(fault: Fault) -> Definition | None:
    for definition in definitions(fault.source) if fault.source else ():
        if definition.line <= fault.line <= definition.node.lineno:
            return definition
    return None


RULE = Rule(
    id="several-triggers",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A function has more than one trigger.",
    why="The second decorator raises while the script is imported: no function is found.",
    mend="Write a function for each trigger, and let them share what they do.",
    source="azure-functions, Function.add_trigger",
    check=_check,
)
