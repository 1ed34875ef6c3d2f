"""A module that is imported from an installed distribution which has no such module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.packages.failed import failed_import
from funcyard.preflight.packages.needs import State, pin
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        failed = failed_import(app)
        if failed is None or failed.state is State.MISSING or not failed.is_here:
            continue
        installed = pin(app, failed.name)
        yield RULE.found(
            failed.file,
            failed.line,
            f"importing {app.name} needs {failed.module}, which {installed} does not have",
            evidence="\n".join(filter(None, (app.text_at(failed.file, failed.line), failed.words))),
            next=f"import what {failed.name} has, or ask for the version of it that has"
            f" {failed.module}",
        )


RULE = Rule(
    id="module-not-in-package",
    group=Group.PACKAGE,
    severity=Severity.ERROR,
    what="A module is imported from an installed distribution that has no such module.",
    why="The import raises ModuleNotFoundError, and the worker finds no function.",
    mend=(
        "Correct the name, or ask for the version that has the module: it may have come, gone or"
        " moved with a release."
    ),
    source="https://learn.microsoft.com/azure/azure-functions/recover-python-functions",
    check=_check,
)
