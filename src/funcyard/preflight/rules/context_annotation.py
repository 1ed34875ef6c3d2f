"""A ``context`` parameter that is annotated as something else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.annotations import annotation_of
from funcyard.preflight.causes import Cause
from funcyard.preflight.durable import CONTEXT, misnamed_context
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.CONTEXT):
        if misnamed_context(fault) is not None:
            continue
        found = annotation_of(fault.definition, CONTEXT) if fault.definition else None
        line = found.line if found else fault.line
        yield RULE.found(
            fault.file,
            line,
            f'{fault.function}: the parameter "context" is annotated'
            f" {found.written if found else 'as something else'}",
            evidence=fault.evidence(line),
            next="write context: func.Context, or give the parameter another name and a binding",
        )


RULE = Rule(
    id="context-annotation",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what='A parameter named "context" is annotated with anything but azure.functions.Context.',
    why=(
        "A parameter of that name without a binding receives the invocation's context. The worker"
        " refuses any other class for it, Optional[…] too, and no function of the app is found."
    ),
    mend="Write func.Context, or no annotation.",
    source="azure-functions-runtime 1.3.0, functions.Registry.is_context_required",
    check=_check,
)
