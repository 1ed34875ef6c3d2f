"""A return annotation that the output does not take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.annotations import RETURN, annotation_of
from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.RETURN):
        definition = fault.definition
        found = annotation_of(definition, RETURN) if definition else None
        line = found.line if found else fault.line
        written = found.written if found else "its return annotation"
        proper = found.proper if found else ""
        streamed = proper == written
        yield RULE.found(
            fault.file,
            line,
            f"{fault.function}: is annotated to return {written}, which its output does not take",
            evidence=fault.evidence(line),
            next="return the Response of the web extension that is imported"
            if streamed
            else f"write -> {proper or 'str'}, and return that; or leave the annotation out",
        )


RULE = Rule(
    id="return-annotation",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A function's return annotation does not fit where its value goes.",
    why=(
        "The worker holds it against the output: an HTTP function returns func.HttpResponse or str;"
        " None, dict, Any, Optional and lists are refused, and no function of the app is found."
    ),
    mend="Annotate with HttpResponse or str for HTTP, with str or bytes for other outputs.",
    source="azure-functions-runtime 1.3.0, functions.Registry.get_function_return_type",
    check=_check,
)
