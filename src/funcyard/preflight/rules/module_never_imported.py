"""Functions decorated onto the app in a module that nothing imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.never_imported import lost_modules
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        for module in lost_modules(app):
            source, first = module.source, module.functions[0]
            names = ", ".join(function.name for function in module.functions)
            yield RULE.found(
                source.name,
                first.line,
                f"{app.name}: nothing imports this module, so not found are {names}",
                evidence=source.line(first.line),
                next=f"write import {app.modules.name_of(source)} into {script_of(app)}, or where"
                f" {module.made.name} is made, below it",
            )


RULE = Rule(
    id="module-never-imported",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A module decorates functions onto the app or its blueprint, and nothing imports it.",
    why=(
        "Decorators run when their module is imported. In whichever file they stand, the worker"
        " finds the functions of the modules that importing the script reaches, and no others."
    ),
    mend="Import the module from the script, or from the package that the script imports.",
    source="azure-functions-runtime 1.3.0, loader.index_function_app; docs/discovery.md",
    check=_check,
)
