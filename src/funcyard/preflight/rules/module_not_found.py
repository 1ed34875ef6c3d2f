"""A module of the app's own that is not where it is imported from."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.packages.failed import failed_import
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of
from funcyard.preflight.shadowing import shadow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.faults import Fault


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.MODULE):
        told = _told(fault) if shadow(fault) is None else None
        if told is not None:
            message, instead = told
            yield RULE.found(
                fault.file,
                fault.line,
                f"{fault.app.name}: {message}",
                evidence=fault.evidence(),
                next=instead,
            )


def _told(fault: Fault) -> tuple[str, str] | None:
    """Return what is wrong and what to do, None where a rule on packages tells it."""
    app, module = fault.app, fault.given.get("module", "")
    if not module:
        return (
            "a relative import, but the module is in no package: it is imported by its name alone",
            _absolute(fault),
        )
    if f"{module}.py" == script_of(app):
        return f"{script_of(app)} is a folder, and no script", "rename the folder, write the script"
    return None if failed_import(app) is not None else _lacking(app, module)


def _lacking(app: AppFacts, module: str) -> tuple[str, str]:
    """Return what is wrong with a name by which no module is found, and what to do."""
    found = app.modules.elsewhere(module)
    place = f"import it as {app.modules.name_of(found)}: it is {found.name}" if found else ""
    if app.modules.is_own(module):
        return f"there is no module {module} in the app", place or f"write {module}"
    if app.brought.has_package(module.partition(".")[0]):
        return f"there is no module {module} beside the app", f"write {module}"
    if place:
        return f"{module} is not beside the script, from where modules are imported", place
    return (
        f"what is imported here needs {module}, which is not installed",
        "install the app's requirements anew; a package that lacks its own is broken",
    )


def _absolute(fault: Fault) -> str:
    """Return the import at the fault without its dots."""
    tree = fault.source.tree if fault.source else None
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom) and node.level and node.lineno == fault.line:
            names = ", ".join(ast.unparse(alias) for alias in node.names)
            written = f"from {node.module} import {names}" if node.module else f"import {names}"
            return f"write {written}"
    return "write the import without its leading dots"


RULE = Rule(
    id="module-not-found",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="A module of the app's own is imported that is not there, or not under that name.",
    why=(
        "The worker imports the script by its name, with the app's folder first on the path: a"
        " module is found by its place below that folder, and the script itself is in no package."
    ),
    mend="Write the module's whole name from the app's folder on, without leading dots.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference-python#import-behavior",
    check=_check,
)
