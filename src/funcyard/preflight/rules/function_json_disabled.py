"""A function.json that says ``disabled``, which has had no effect since version 2 of the host."""

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
        served = [one.name for one in app.survey.index.functions if one.model == "v1"]
        for folder in v1_folders(app, served):
            if not folder.file.get("disabled"):
                continue
            setting = f"AzureWebJobs.{folder.function}.Disabled"
            if setting not in app.target.settings:
                yield RULE.found(
                    folder.file.name,
                    folder.file.line_of("disabled"),
                    f"{app.name}: {folder.function} runs: the host does not read disabled here",
                    next=f"set the app setting {setting} to true",
                )


RULE = Rule(
    id="function-json-disabled",
    group=Group.DISCOVERY,
    severity=Severity.WARNING,
    what="A function.json says that its function is disabled.",
    why="Since version 2 of the host the property has no effect: the function runs.",
    mend="Disable the function by the app setting AzureWebJobs.NAME.Disabled.",
    source="https://learn.microsoft.com/azure/azure-functions/disable-function",
    check=_check,
)
