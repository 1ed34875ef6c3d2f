"""Functions decorated onto the app in a module that nothing imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.code.holders import held_apps
from funcyard.preflight.faults import faults, is_indexed
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.never_imported import decorated_in_vain
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        if is_indexed(app):
            yield from _of(app)


def _of(app: AppFacts) -> Iterator[Finding]:
    served = {function.name for function in app.survey.index.functions}
    served |= {fault.function for fault in faults(app)}
    places = held_apps(app.modules).places
    for vain in decorated_in_vain(app):
        lost = [function for function in vain.functions if function.name not in served]
        if not lost or (vain.made_in.name, vain.made.line) not in places:
            continue
        source, names = vain.source, ", ".join(function.name for function in lost)
        yield RULE.found(
            source.name,
            lost[0].line,
            f"{app.name}: nothing imports this module, so not found are {names}",
            evidence=source.line(lost[0].line),
            next=f"write import {app.modules.name_of(source)} into {script_of(app)}, or where"
            f" {vain.made.name} is made, below it",
        )


RULE = Rule(
    id="module-never-imported",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A module decorates functions onto the app, and nothing imports that module.",
    why=(
        "Decorators run when their module is imported. In whichever file they stand, the worker"
        " finds the functions of the modules that importing the script reaches, and no others."
    ),
    mend="Import the module from the script, or from the package that the script imports.",
    source="azure-functions-runtime 1.3.0, loader.index_function_app; docs/discovery.md",
    check=_check,
)
