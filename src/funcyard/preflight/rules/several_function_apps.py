"""A script that holds more than one function app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.code.holders import held_apps
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.SEVERAL_APPS):
        held = held_apps(fault.app.modules)
        if held.is_one:
            continue
        last = held.names[-1] if held.names else None
        line = last.line if last else 1
        yield RULE.found(
            fault.file,
            line,
            f"{fault.app.name}: {held.told or 'several names'} hold function apps, and the worker"
            " wants exactly one",
            evidence=fault.evidence(line),
            next="keep one FunctionApp; turn the others into blueprints and register them in it",
        )


RULE = Rule(
    id="several-function-apps",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Two names of the script hold two function apps.",
    why="The worker refuses to choose: it finds no function of either.",
    mend=(
        "Keep one FunctionApp. The functions of another go into a Blueprint, which the app"
        " registers by app.register_functions()."
    ),
    source="azure-functions-runtime 1.3.0, loader.index_function_app; docs/discovery.md",
    check=_check,
)
