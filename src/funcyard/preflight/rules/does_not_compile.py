"""Sources that the app's Python cannot compile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.rules import merge_conflict_marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.functions.model import LoadFailure
    from funcyard.preflight.facts import AppFacts, Facts


def _check(facts: Facts) -> Iterator[Finding]:
    found = [(app, _uncompiled(app)) for app in facts.apps]
    if not any(failures for _, failures in found):
        return
    marked = {marker.file for marker in merge_conflict_marker.RULE.check(facts)}
    for app, failures in found:
        reached = app.loaded if failures else frozenset()
        for name, (failure, stops) in failures.items():
            if name in marked:
                continue
            harms = stops or app.directory / failure.file in reached
            said = failure.message.partition(f" ({failure.file.rpartition('/')[2]}")[0]
            text = app.text_at(name, failure.line)
            yield RULE.found(
                name,
                failure.line,
                f"{app.name}: Python {app.survey.interpreter.version} cannot compile this file",
                evidence="\n".join(part for part in (text, said) if part),
                next=f"mend {name}:{failure.line}",
                severity=None if harms else Severity.WARNING,
            )


def _uncompiled(app: AppFacts) -> dict[str, tuple[LoadFailure, bool]]:
    """Return by file what cannot be compiled, and whether the app's failure points at it."""
    stopping = [fault for fault in app.faults if fault.cause is Cause.NOT_COMPILED]
    files = {fault.file for fault in stopping}
    found = {
        app.name_of(failure.file): (failure, app.name_of(failure.file) in files)
        for failure in app.survey.uncompilable
    }
    return {**{fault.file: (fault.failure, True) for fault in stopping}, **found}


RULE = Rule(
    id="does-not-compile",
    group=Group.SOURCE,
    severity=Severity.ERROR,
    what="A source file is not valid Python for the version that the app runs on.",
    why=(
        "Importing it raises SyntaxError; where the app imports it, the worker finds no function."
        " A file that nothing imports when the app loads is a warning."
    ),
    mend="Mend the line that is named, or the one above it; delete the file where it is no code.",
    source="https://docs.python.org/3/library/functions.html#compile",
    check=_check,
)
