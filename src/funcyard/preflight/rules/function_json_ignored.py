"""function.json folders beside functions of the v2 programming model."""

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
        found = {function.name for function in app.survey.index.functions}
        if not found:
            continue
        for folder in v1_folders(app):
            lost = folder.is_whole and folder.function not in found
            yield RULE.found(
                folder.file.name,
                1,
                f"{app.name}: {folder.function} is not found: the script has functions, so the host"
                " never reads function.json",
                next=f"write {folder.function} with decorators, or delete its folder",
                severity=None if lost else Severity.WARNING,
            )


RULE = Rule(
    id="function-json-ignored",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A folder holds a function.json, while the script has functions with decorators.",
    why=(
        "The two programming models are not merged: as soon as the worker finds one function in"
        " the script, function.json is not read. A warning where nothing is lost by it."
    ),
    mend="Move the function into the script or a blueprint, and delete the folder.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference-python",
    check=_check,
)
