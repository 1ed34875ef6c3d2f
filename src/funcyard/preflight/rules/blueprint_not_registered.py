"""A blueprint that its app does not register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.blueprints import forgotten_blueprints
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.blueprints import Forgotten
    from funcyard.preflight.facts import AppFacts, Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for blueprint in forgotten_blueprints(facts, app):
            own = blueprint.source is not None and blueprint.source.path.is_relative_to(
                app.directory
            )
            how = "is never registered" if blueprint.is_imported else "is in a file nothing imports"
            yield RULE.found(
                blueprint.file,
                blueprint.line,
                f"{app.name}: the blueprint {blueprint.name} {how}; not found are"
                f" {', '.join(blueprint.functions)}",
                evidence=app.text_at(blueprint.file, blueprint.line),
                next=_next(app, blueprint) if own else "",
                severity=None if own else Severity.WARNING,
            )


def _next(app: AppFacts, blueprint: Forgotten) -> str:
    script, name = script_of(app), blueprint.name
    if blueprint.source is None or blueprint.source.path == app.directory / script:
        return f"write app.register_functions({name}) below its functions"
    module = app.modules.name_of(blueprint.source)
    return (
        f"write into {script}: from {module} import {name}\n"
        f"and below app: app.register_functions({name})"
    )


RULE = Rule(
    id="blueprint-not-registered",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Functions are decorated onto a blueprint that no app registers.",
    why=(
        "Decorating puts them into the blueprint only. The worker sees the app: it does not find"
        " them and says nothing. A warning for a blueprint of a package that several apps share."
    ),
    mend="Import the blueprint into the script and register it; funcyard check --fix does.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference-python#blueprints",
    check=_check,
)
