"""An app in the v1 programming model: function.json folders, no function found by the worker."""

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
        if index.functions or index.failure:
            continue
        folders = v1_folders(app)
        if folders:
            names = ", ".join(folder.function for folder in folders)
            yield RULE.found(
                folders[0].file.name,
                1,
                f"{app.name}: the host goes on to read function.json and finds {names} there; this"
                " tool looks into the v2 model only",
                next="move the functions into function_app.py, with decorators",
            )


RULE = Rule(
    id="v1-layout",
    group=Group.DISCOVERY,
    severity=Severity.NOTE,
    what="The app has function.json folders and no function of the v2 programming model.",
    why=(
        "Where the worker finds no function, the host reads the function.json folders. The worker"
        " of Python 3.13 and later has a package of its own for that; here they are not checked."
    ),
    mend="Nothing is wrong; to have it checked, move to decorators.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference-python",
    check=_check,
)
