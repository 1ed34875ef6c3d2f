"""A function of the programming model v1 that the host refuses or the worker cannot load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import words_of
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for broken in app.survey.index.broken:
            failure = broken.failure
            file = app.name_of(failure.file)
            yield RULE.found(
                file,
                failure.line,
                f"{app.name}: {broken.name} does not load: {failure.kind}",
                evidence=words_of(failure),
                next=f"mend {file}:{failure.line}" if failure.line else f"mend {file}",
            )


RULE = Rule(
    id="v1-function-does-not-load",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A function of a function.json folder does not load.",
    why=(
        "In the v1 programming model each folder is loaded for itself: this function is missing,"
        " the others run."
    ),
    mend="The finding quotes the host or the worker, and names the line that it points at.",
    source="azure-functions-runtime-v1 1.2.0, loader.load_function; docs/discovery.md",
    check=_check,
)
