"""A script without a function app among its names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.code.bound import Kind, bound_names
from funcyard.preflight.code.holders import is_app_name, is_made
from funcyard.preflight.code.names import APPS, dotted, origins
from funcyard.preflight.faults import caused_by
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.guards import losses
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.script import script_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.bound import Bound
    from funcyard.preflight.facts import Facts
    from funcyard.preflight.faults import Fault
    from funcyard.preflight.sources import Source

_WRAPPERS = {
    "FastAPI": "AsgiFunctionApp",
    "Flask": "WsgiFunctionApp",
    "Litestar": "AsgiFunctionApp",
    "Quart": "AsgiFunctionApp",
    "Starlette": "AsgiFunctionApp",
}
_Why = tuple[int, str, str]
"""A line of the script, why there is no app, what to write."""


def _check(facts: Facts) -> Iterator[Finding]:
    for fault in caused_by(facts, Cause.NO_APP):
        script = fault.app.modules.script
        line, why, instead = _why(fault, script) if script else (0, "", "")
        yield RULE.found(
            fault.file,
            line or 1,
            f"{fault.app.name}: {why or f'{script_of(fault.app)} makes no function app'}",
            evidence=fault.evidence(line),
            next=instead or "write app = func.FunctionApp() and decorate functions with @app.…",
        )


def _why(fault: Fault, script: Source) -> _Why:
    found = (
        _another_module(fault, script)
        or _swallowed(fault)
        or _hidden(script)
        or _bound_to_something(fault, script)
        or _inside(script)
        or _in_another_source(fault, script)
    )
    return found or (0, "", "")


def _another_module(fault: Fault, script: Source) -> _Why | None:
    name = script.path.stem
    if name not in fault.app.survey.interpreter.standard_library:
        return None
    return (
        0,
        f"Python's own module {name} is imported in place of {script.path.name}",
        "give the script another name, such as function_app.py",
    )


def _swallowed(fault: Fault) -> _Why | None:
    for loss in losses(fault.app):
        if loss.stops_app:
            place = f"{loss.skipped.source.name}:{loss.skipped.line}"
            return 0, f"the import of the app failed at {place}, and went on", f"mend {place} first"
    return None


def _hidden(script: Source) -> _Why | None:
    for node in script.tree.body if script.tree else ():
        if isinstance(node, ast.FunctionDef) and node.name == "__dir__":
            why = f"{script.path.name} hides its names by a __dir__ of its own"
            return node.lineno, why, "delete __dir__, or let it list the app"
    return None


def _bound_to_something(fault: Fault, script: Source) -> _Why | None:
    modules = fault.app.modules
    last = {bound.name: bound for bound in modules.bound(script)}
    for bound in last.values():
        if is_app_name(modules, script, bound.name) and bound.kind in {Kind.NONE, Kind.OTHER}:
            return _not_an_app(bound)
    for bound in last.values():
        if is_made(modules, script, bound, Kind.BLUEPRINT):
            why = f"{bound.name} is a blueprint, and nothing registers it in a function app"
            mend = f"write app = func.FunctionApp() and app.register_functions({bound.name})"
            return bound.line, why, mend
    return None


def _not_an_app(bound: Bound) -> _Why:
    why = f"{bound.name} is {bound.written}, which is no function app"
    for framework, wrapper in _WRAPPERS.items():
        if bound.written.partition("(")[0].endswith(framework):
            mend = f"write function_app = func.{wrapper}(app={bound.name}, …)"
            return bound.line, why, mend
    return bound.line, why, f"write {bound.name} = func.FunctionApp()"


def _inside(script: Source) -> _Why | None:
    """Find an app that is made inside a function."""
    known = origins(script.tree) if script.tree else {}
    for definition in ast.walk(script.tree) if script.tree else ():
        if not isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(definition):
            if isinstance(node, ast.Call) and dotted(node.func, known) in APPS:
                why = f"the function app is made inside {definition.name}() and is no name here"
                return node.lineno, why, f"write app = {definition.name}() below it"
    return None


def _in_another_source(fault: Fault, script: Source) -> _Why | None:
    app = fault.app
    for source in app.sources:
        if source is script or not source.tree or not source.path.is_relative_to(app.directory):
            continue
        for bound in bound_names(source.tree):
            if bound.kind is Kind.APP:
                module = app.modules.name_of(source)
                why = (
                    f"the function app is in {source.name}:{bound.line}, not in {script.path.name}"
                )
                return 0, why, f"write from {module} import {bound.name}"
    return None


RULE = Rule(
    id="no-function-app",
    group=Group.DISCOVERY,
    severity=Severity.ERROR,
    what="After the import, no name of the script holds a function app.",
    why=(
        "The worker looks at what the script's names hold, and needs one FunctionApp"
        " (AsgiFunctionApp, WsgiFunctionApp, DFApp). A blueprint does not count, nor does None."
    ),
    mend="Make the app in the script, or import it there by name from the module that makes it.",
    source="azure-functions-runtime 1.3.0, loader.index_function_app; docs/discovery.md",
    check=_check,
)
