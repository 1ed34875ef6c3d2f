"""One function app that two names of the script hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.code.holders import held_apps
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.SEVERAL_APPS):
        held = held_apps(fault.app.modules)
        if not held.is_one:
            continue
        first, second = held.names[0], held.names[-1]
        yield RULE.found(
            fault.file,
            second.line,
            f"{fault.app.name}: {held.told} hold the same function app, and the worker counts it"
            " twice",
            evidence=fault.evidence(second.line),
            next=f"delete {second.name}, and use {first.name} in its stead",
        )


RULE = Rule(
    id="app-under-two-names",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="Two names of the script hold one and the same function app.",
    why=(
        "The worker goes through the script's names and counts apps, not objects: it takes the one"
        " app for two and finds no function."
    ),
    mend="Keep one name; import the app under that name only.",
    source="azure-functions-runtime 1.3.0, loader.index_function_app; docs/discovery.md",
    check=_check,
)
