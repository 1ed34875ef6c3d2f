"""``%NAME%`` in a binding, or a setting that it names, and no such setting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.settings.connections import asked_by
from funcyard.preflight.settings.known import is_given_elsewhere, is_told, known_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.settings.connections import Asked


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        known = known_settings(facts, app)
        lacking = {
            (one.function.name, one.name): one
            for function in app.survey.index.functions
            for one in asked_by(function)
            if not one.is_connection
            and not known.has(one.name)
            and not is_given_elsewhere(facts, one.name)
        }
        told = is_told(facts, app)
        yield from (_found(app, one, told=told) for one in lacking.values())


def _found(app: AppFacts, one: Asked, *, told: bool) -> Finding:
    harmful = told and one.is_needed
    verb = "cannot start" if one.is_needed else "fails when it runs"
    written = f"{one.place} {one.name}" if one.place else f"%{one.name}%"
    return RULE.found(
        app.name_of(one.function.file),
        one.function.line,
        f"{one.function.name} {verb} without the setting {one.name}, which"
        f" {'has no value' if told else 'nothing here gives'}",
        evidence=f"{written} in {one.binding.type} {one.binding.name}",
        next=f"add {one.name} to its settings",
        severity=None if harmful else Severity.WARNING,
    )


RULE = Rule(
    id="setting-missing",
    group=Group.SETTINGS,
    severity=Severity.ERROR,
    what=(
        "A binding refers to a setting, by %NAME% or as the address or the key of a topic, that has"
        " no value anywhere that is known."
    ),
    why=(
        "The host cannot tell the queue, path, schedule or topic, and refuses the function; where"
        " nothing tells the app's settings it is a warning, for production may provide it."
    ),
    mend="Add the setting to local.settings.json, .env.local or the template that deploys the app.",
    source=(
        "https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns"
        "#binding-expressions---app-settings"
    ),
    check=_check,
)
