"""Two functions of one name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.code.definitions import definitions
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.NAME_TWICE):
        others = " and ".join(_others(fault))
        yield RULE.found(
            fault.file,
            fault.line,
            f"{fault.function}: another function has this name"
            + (f", at {others}" if others else ""),
            evidence=fault.evidence(),
            next=f'name it: @app.function_name("{fault.function}_2"), or rename the def',
        )


def _others(fault: Fault) -> Iterator[str]:
    """Yield the places of the other functions of that name."""
    app = fault.app
    for source in app.sources:
        if source.name not in app.imported:
            continue
        for definition in definitions(source):
            here = source.name == fault.file and definition.line == fault.line
            if definition.name == fault.function and definition.decorators and not here:
                yield f"{source.name}:{definition.line}"


RULE = Rule(
    id="function-name-twice",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Two functions of the app have the same name.",
    why=(
        "Names are unique in an app; the library refuses the second, and the worker finds no"
        " function. Two functions of one Python name in different files meet here, too."
    ),
    mend="Rename one of them, or give it a name of its own by @app.function_name().",
    source="azure-functions, FunctionRegister.validate_function_names",
    check=_check,
)
