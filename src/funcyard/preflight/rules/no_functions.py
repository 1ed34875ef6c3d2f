"""An app that loads well and holds nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.blueprints import forgotten_blueprints
from funcyard.preflight.code.holders import held_apps
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.guards import losses
from funcyard.preflight.never_imported import lost_apps, lost_modules
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        if _is_empty(app) and not _is_explained(facts, app):
            modules = app.modules
            held = held_apps(modules).names
            line = held[0].line if held else 1
            name = held[0].name if held else "app"
            file = modules.script.name if modules.script else ""
            yield RULE.found(
                file,
                line if file else 0,
                f"{app.name}: it loads without an error, and nothing is decorated onto {name}",
                evidence=app.text_at(file, line),
                next=f"decorate functions with @{name}.…, or import the modules that do",
            )


def _is_empty(app: AppFacts) -> bool:
    index = app.survey.index
    return not (index.functions or index.failure or index.missing_script)


def _is_explained(facts: Facts, app: AppFacts) -> bool:
    index = app.survey.index
    second = any(stray.kind == "app" for stray in app.survey.strays) or any(lost_apps(app))
    lost = any(forgotten_blueprints(facts, app)) or any(lost_modules(app)) or any(losses(app))
    return bool(second or index.unread or index.broken or lost)


RULE = Rule(
    id="no-functions",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="The app loads without any error, and no function is registered.",
    why="The host says 0 functions found and nothing else; the app answers 404 to everything.",
    mend="Import the modules whose functions are decorated onto this app object.",
    source="azure-functions-runtime 1.3.0, handle_event.load_function_metadata; docs/discovery.md",
    check=_check,
)
