"""The functions that the project's spec declares, against those that are found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.functions.declared import Departure, Difference, compare, declared
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        index = app.survey.index
        if app.target.declared is None or index.failure or index.missing_script:
            continue
        explained = {
            *(name.casefold() for stray in app.survey.strays for name, _, _ in stray.functions),
            *(broken.name.casefold() for broken in index.broken),
        }
        for difference in compare(app.target.declared, map(declared, index.functions)):
            if difference.name.casefold() not in explained:
                yield _finding(app, difference)


def _finding(app: AppFacts, difference: Difference) -> Finding:
    name = f"{app.name}: {difference.name}"
    found = difference.found
    if found is None:
        kind = difference.wanted.kind if difference.wanted else ""
        return RULE.found(
            "",
            0,
            f"{name} ({kind}) is declared in funcyard.yaml and not found",
            next="funcyard diff shows what to write; or take it out of funcyard.yaml",
        )
    file = app.name_of(found.file)
    place = (file, found.line if file else 0)
    evidence = app.text_at(*place)
    if difference.departure is Departure.UNDECLARED:
        return RULE.found(
            *place,
            f"{name} ({found.kind}) is found and not declared in funcyard.yaml",
            evidence=evidence,
            next="add it to the app's triggers in funcyard.yaml",
            severity=Severity.NOTE,
        )
    return RULE.found(
        *place,
        f"{name} is not as funcyard.yaml says: {difference.said}",
        evidence=evidence,
        next="funcyard diff shows what to write; or change funcyard.yaml",
    )


RULE = Rule(
    id="functions-declared",
    group=Group.DISCOVERY,
    severity=Severity.WARNING,
    what="The functions that are found are not those that funcyard.yaml declares.",
    why="Storage, documents and settings follow funcyard.yaml: they are made for functions that do "
    "not run, or lack what a function needs.",
    mend="Write the function, which funcyard diff shows, or change its trigger in funcyard.yaml.",
    source="the project's own funcyard.yaml",
    check=_check,
)
