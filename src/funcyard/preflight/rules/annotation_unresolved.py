"""An annotation whose names are not there when the worker reads it."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from funcyard.preflight.annotations import annotation_of
from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.annotations import Annotation
    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault

_NAMED = re.compile(r"(?:name|has no attribute|got) '(?P<name>[^']+)'")


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.UNRESOLVED):
        found = _annotation(fault)
        line = found.line if found else fault.line
        what = f"the annotation {found.written}" if found else "an annotation"
        yield RULE.found(
            fault.file,
            line,
            f"{fault.function}: {what} cannot be evaluated",
            evidence=fault.evidence(line),
            next=_next(fault, found),
        )


def _annotation(fault: Fault) -> Annotation | None:
    """Return the annotation that holds the name which the worker misses."""
    found = list(_NAMED.finditer(fault.failure.message))
    definition = fault.definition
    if definition is None or not found:
        return None
    name = found[-1]["name"]
    for parameter in (*definition.parameters, "return"):
        annotation = annotation_of(definition, parameter)
        if annotation is not None and name in annotation.written:
            return annotation
    return None


def _next(fault: Fault, found: Annotation | None) -> str:
    tree = fault.source.tree if fault.source else None
    name = found.written.partition(".")[0].strip("\"'") if found else ""
    for node in ast.walk(tree) if tree and name else ():
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            imported = " ".join(ast.unparse(line) for line in node.body)
            if name in imported.replace(",", " ").split():
                return f'import {name} outside of "if TYPE_CHECKING": the worker evaluates it'
    return "import what it names, or leave the annotation out"


RULE = Rule(
    id="annotation-unresolved",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="An annotation of a function names something that does not exist at run time.",
    why=(
        "The worker evaluates all annotations of a function, the return's and those in quotes"
        " included. What is imported for the type checker only is not there."
    ),
    mend="Import the name outside of if TYPE_CHECKING, correct it, or leave the annotation out.",
    source="https://docs.python.org/3/library/typing.html#typing.get_type_hints",
    check=_check,
)
