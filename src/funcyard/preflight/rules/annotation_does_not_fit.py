"""An annotation that is not what the binding hands over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.annotations import annotation_of, annotations_of
from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.annotations import Annotation
    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.DOES_NOT_FIT):
        found = _annotation(fault)
        line = found.line if found else fault.line
        yield RULE.found(
            fault.file,
            line,
            f"{fault.function}: {_what(fault, found)}",
            evidence=fault.evidence(line),
            next=_next(fault, found) if found else "annotate with what the binding hands over",
        )


def _annotation(fault: Fault) -> Annotation | None:
    if fault.definition is None:
        return None
    if parameter := fault.given.get("parameter"):
        return annotation_of(fault.definition, parameter, fault.given.get("type", ""))
    outputs = (found for found in annotations_of(fault.definition) if "Out" in found.written)
    return next(outputs, None)


def _what(fault: Fault, found: Annotation | None) -> str:
    if found is None:
        return "an annotation does not fit its binding"
    annotated = f'"{found.parameter}" is annotated {found.written}'
    direction = fault.given.get("direction")
    if direction:
        return f"{annotated}, and is an {direction}put"
    kind = found.binding or "its binding"
    return f"{annotated}, which {kind} does not hand over"


def _next(fault: Fault, found: Annotation) -> str:
    decorator = found.definition.binding(found.parameter)
    if (decorator and decorator.is_output) or fault.given.get("direction") == "out":
        return f"write {found.parameter}: func.Out[str]"
    if found.proper == found.written:
        return f"annotate {found.parameter} with the Request of the web extension that is imported"
    if found.proper:
        return f"write {found.parameter}: {found.proper}"
    return f"write {found.parameter}: str, or leave the annotation out"


RULE = Rule(
    id="annotation-does-not-fit",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A parameter is annotated with a class that its binding does not hand over.",
    why=(
        "The worker holds annotations against bindings: Any on a timer or an HTTP trigger, a plain"
        " type on an output, Out on an input are refused, and no function of the app is found."
    ),
    mend=(
        "Annotate with the binding's own class (func.TimerRequest, func.HttpRequest), an output"
        " with func.Out[…], or not at all."
    ),
    source="azure-functions-runtime 1.3.0, functions.Registry.validate_function_params",
    check=_check,
)
