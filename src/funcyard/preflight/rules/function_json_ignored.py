"""function.json folders beside a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.v1_folders import v1_folders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        index = app.survey.index
        if index.failure is not None:
            continue
        found = {function.name for function in index.functions}
        for folder in v1_folders(app, index.unread):
            lost = folder.is_whole and folder.function not in found
            yield RULE.found(
                folder.file.name,
                1,
                f"{app.name}: {folder.function} is not found: there is a script, so nobody reads"
                " function.json",
                next=f"write {folder.function} with decorators, or delete its folder",
                severity=None if lost else Severity.WARNING,
            )


RULE = Rule(
    id="function-json-ignored",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A folder holds a function.json, while there is a script for functions with decorators.",
    why=(
        "The two programming models are not merged: where the worker finds a function in the"
        " script, and from Python 3.13 on where there is a script at all, function.json is not"
        " read. A warning where nothing is lost by it."
    ),
    mend="Move the function into the script or a blueprint, and delete the folder.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference-python",
    check=_check,
)
