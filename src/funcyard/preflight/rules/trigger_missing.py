"""A function without a trigger."""

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
    for fault in caused_by(facts, Cause.NO_TRIGGER):
        given = fault.definition.decorators if fault.definition else ()
        names = ", ".join(decorator.name for decorator in given)
        yield RULE.found(
            fault.file,
            fault.line,
            f"{fault.function}: none of its decorators is a trigger"
            + (f" ({names})" if names else ""),
            evidence=fault.evidence(),
            next='add the trigger, such as @app.route(route="…") or @app.timer_trigger(…)',
        )


RULE = Rule(
    id="trigger-missing",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A function has bindings or a name and no trigger.",
    why="The library refuses to build it, and with it the whole app: no function is found.",
    mend="Add its trigger, or delete the decorators where it is no function of the app.",
    source="azure-functions, FunctionBuilder._validate_function",
    check=_check,
)
