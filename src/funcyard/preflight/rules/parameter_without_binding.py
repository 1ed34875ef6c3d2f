"""A parameter that nothing fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.code.decorators import RETURN
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.decorators import Decorator
    from funcyard.preflight.code.definitions import Definition
    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault

_STARRED = frozenset({"args", "kwargs"})


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.UNBOUND_PARAMETER):
        definition = fault.definition
        names = [
            name for name in (definition.parameters if definition else ()) if name in fault.names
        ]
        names = names or list(fault.names)
        line = definition.parameters[names[0]].lineno if definition and names else fault.line
        waiting = _without_parameter(definition) if definition else []
        told = ("parameters " if len(names) > 1 else "parameter ") + ", ".join(names)
        yield RULE.found(
            fault.file,
            line,
            f"{fault.function}: no binding fills the {told}"
            + (f"; the binding {waiting[0].parameter} has no parameter" if waiting else ""),
            evidence=fault.evidence(line),
            next=_next(fault, names, waiting),
        )


def _without_parameter(definition: Definition) -> list[Decorator]:
    return [
        decorator
        for decorator in definition.decorators
        if decorator.parameter not in {"", RETURN, *definition.parameters}
    ]


def _next(fault: Fault, names: list[str], waiting: list[Decorator]) -> str:
    if set(names) <= _STARRED and not (fault.definition and fault.definition.decorators):
        return "put @functools.wraps(…) on the wrapper, so that it has the function's parameters"
    if len(waiting) == len(names) == 1:
        decorator = waiting[0]
        naming = "trigger_arg_name" if decorator.name == "route" else "arg_name"
        return (
            f"rename the parameter to {decorator.parameter}, or write"
            f' {naming}="{names[0]}" in @{decorator.name}'
        )
    return f"take {', '.join(names)} out of the parameters, or add the decorator that binds it"


RULE = Rule(
    id="parameter-without-binding",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A function has a parameter that none of its decorators binds.",
    why=(
        "The worker fills parameters by the names of bindings, and refuses what it cannot fill,"
        " *args, **kwargs and defaults included; then no function of the app is found."
    ),
    mend="Name the parameter as the decorator's arg_name says; move anything else into the body.",
    source="azure-functions-runtime 1.3.0, functions.Registry.validate_function_params",
    check=_check,
)
