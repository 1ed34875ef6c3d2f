"""An app without its script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import Kind, bound_names
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import SETTING, place_of_setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        script = app.survey.index.missing_script
        named = SETTING in app.target.settings
        if not script or (app.survey.index.legacy and not named):
            continue
        file, line, text = place_of_setting(app)
        other = _holding_an_app(app)
        yield RULE.found(
            file or app.name_of(script),
            line,
            f"{app.name}: there is no {script}, so the worker finds no function"
            + (f"; {other} makes a function app" if other else ""),
            evidence=text,
            next=f"set {SETTING} to {other}, or rename {other} to {script}"
            if other
            else f"write {script}: app = func.FunctionApp() and its functions",
        )


def _holding_an_app(app: AppFacts) -> str:
    for source in app.sources:
        beside = source.path.parent == app.directory
        names = bound_names(source.tree) if beside and source.tree else ()
        if any(bound.kind is Kind.APP for bound in names):
            return source.path.name
    return ""


RULE = Rule(
    id="script-missing",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="The app's folder lacks its script, function_app.py or what PYTHON_SCRIPT_FILE_NAME says.",
    why="The worker imports that one file. Without it, it tells no failure and finds no function.",
    mend="Put the script beside host.json, or set PYTHON_SCRIPT_FILE_NAME to the name it has.",
    source="azure-functions-runtime 1.3.0, handle_event.load_function_metadata; docs/discovery.md",
    check=_check,
)
