"""A binding that has no parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.durable import misnamed_context
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.LACKING_PARAMETER, Cause.CONTEXT):
        durable = misnamed_context(fault)
        if durable is not None:
            yield RULE.found(
                fault.file,
                durable.line_of("context_name"),
                f"{fault.function}: Durable Functions hands the context over as context, not as"
                f" {durable.parameter}",
                evidence=fault.evidence(durable.line),
                next=f'write @….{durable.name}(context_name="context")',
            )
        elif fault.cause is Cause.LACKING_PARAMETER:
            yield _lacking(fault)


def _lacking(fault: Fault) -> Finding:
    names = fault.names
    decorator = fault.definition.binding(names[0]) if fault.definition and names else None
    line = decorator.line if decorator else fault.line
    told = ", ".join(names)
    outputs = decorator is not None and decorator.is_output
    return RULE.found(
        fault.file,
        line,
        f"{fault.function}: has no parameter for the binding{'s' if len(names) > 1 else ''} {told}",
        evidence=fault.evidence(line),
        next=f"add the parameter {names[0]}: func.Out[str]"
        if outputs
        else f"add {told} to the def",
    )


RULE = Rule(
    id="binding-without-parameter",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A decorator binds a name that is no parameter of the function.",
    why="The worker refuses the function, and no function of the app is found.",
    mend="Add the parameter, or delete the decorator; both have to have the same name.",
    source="azure-functions-runtime 1.3.0, functions.Registry.validate_function_params",
    check=_check,
)
