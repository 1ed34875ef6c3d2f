"""An annotation that is no class to the worker."""

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

_ONE = "one of the annotations"


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.NOT_A_CLASS):
        found = refused_annotation(fault)
        line = found.line if found else fault.line
        what = f'the annotation of "{found.parameter}" is {found.written}, which' if found else _ONE
        yield RULE.found(
            fault.file,
            line,
            f"{fault.function}: {what} is no class to the worker",
            evidence=fault.evidence(line),
            next=_next(found) if found else "annotate with a class, or not at all",
        )


def refused_annotation(fault: Fault) -> Annotation | None:
    """Return the annotation that the worker refuses; where it names none, the likeliest."""
    if fault.definition is None:
        return None
    if parameter := fault.given.get("parameter"):
        return annotation_of(fault.definition, parameter)
    aliases = (found for found in annotations_of(fault.definition) if found.is_alias)
    return next(aliases, None)


def _next(found: Annotation) -> str:
    decorator = found.definition.binding(found.parameter)
    if decorator is not None and decorator.is_output:
        return f"write {found.parameter}: func.Out[str]"
    wanted = found.instead if found.instead is not None else found.proper
    if not wanted:
        return f"leave the annotation of {found.parameter} out"
    imported = f"{found.imports}, and " if found.imports else ""
    return f"write {imported}{found.parameter}: {wanted}"


RULE = Rule(
    id="annotation-not-a-class",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A bound parameter is annotated with a union, dict[…], list[…] or another generic alias.",
    why=(
        "The worker wants a class, or an alias of typing; dict[str, Any] and X | None are neither"
        " to it. One such parameter fails the whole app: no function is found."
    ),
    mend="Write the plain class (dict, QueueMessage) or nothing; funcyard check --fix does.",
    source="azure-functions-runtime 1.3.0, utils/typing_inspect.is_generic_type ignores PEP 585",
    check=_check,
)
