"""Fixes that register a blueprint which its app forgot: an import, and a line below the app."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.blueprints import forgotten_blueprints
from funcyard.preflight.clashes import clashes
from funcyard.preflight.code.definitions import definitions
from funcyard.preflight.code.holders import held_apps
from funcyard.preflight.code.registrations import REGISTERING
from funcyard.preflight.fixes.annotations import refused_edits
from funcyard.preflight.fixes.fix import Change, Fix
from funcyard.preflight.fixes.text import Edit, Text
from funcyard.preflight.rules import blueprint_not_registered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.blueprints import Forgotten
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.sources import Source


def blueprint_fixes(facts: Facts, app: AppFacts) -> Iterator[Fix]:
    """Yield a fix for each forgotten blueprint of the app's own folder."""
    script, held = app.modules.script, held_apps(app.modules).names
    text = Text.read(script.path) if script else None
    if script is None or script.tree is None or text is None or len(held) != 1:
        return
    taken = {node.id for node in ast.walk(script.tree) if isinstance(node, ast.Name)}
    taken |= {bound.name for bound in app.modules.bound(script)}
    clashing = [clash.blueprint for clash in clashes(facts, app)]
    for blueprint in forgotten_blueprints(facts, app):
        source = blueprint.source
        if source is None or not source.path.is_relative_to(app.directory):
            continue
        if blueprint in clashing:
            continue
        edits = _edits(app, script, text, held[0].name, blueprint, taken)
        change = Change(script.path, script.name, edits)
        yield Fix(
            app.name,
            blueprint_not_registered.RULE.id,
            blueprint.file,
            blueprint.line,
            blueprint.functions,
            (change, *_annotations(source, blueprint.functions)),
        )


def _edits(
    app: AppFacts, script: Source, text: Text, holder: str, blueprint: Forgotten, taken: set[str]
) -> tuple[Edit, ...]:
    if blueprint.source is script:
        gap = "" if text.content.endswith(("\n", "\r")) else "\n"
        line = f"{gap}\n{holder}.register_functions({blueprint.name})\n"
        return (Edit(len(text.content), len(text.content), line),)
    name = _name_in(app, script, blueprint)
    importing: tuple[Edit, ...] = ()
    if not name:
        module = app.modules.name_of(blueprint.source) if blueprint.source else ""
        name = _free(blueprint.name, module, taken)
        taken.add(name)
        written = blueprint.name if name == blueprint.name else f"{blueprint.name} as {name}"
        importing = (_insertion(text, _after_imports(script), f"from {module} import {written}\n"),)
    line = f"{holder}.register_functions({name})\n"
    return (*importing, _insertion(text, _below_app(app, script, holder), line))


def _annotations(source: Source, functions: tuple[str, ...]) -> tuple[Change, ...]:
    """Return what the worker would refuse of the functions as soon as it sees them."""
    found = [
        edit
        for definition in definitions(source)
        if definition.name in functions
        for edit in refused_edits(definition)
    ]
    return (Change(source.path, source.name, tuple(found)),) if found else ()


def _name_in(app: AppFacts, script: Source, blueprint: Forgotten) -> str:
    """Return the name by which the script has the blueprint already, empty for none."""
    for bound in app.modules.bound(script):
        made_in, made = app.modules.origin(script, bound)
        if made_in is blueprint.source and (made.name, made.line) == (
            blueprint.name,
            blueprint.line,
        ):
            return bound.name
    return ""


def _free(name: str, module: str, taken: set[str]) -> str:
    """Return a name for the blueprint that the script does not use yet."""
    if name not in taken:
        return name
    longer = f"{module.replace('.', '_')}_{name}"
    return longer if longer not in taken else f"{longer}_blueprint"


def _insertion(text: Text, line: int, inserted: str) -> Edit:
    position = text.after_line(line)
    missing = position > 0 and text.content[position - 1] not in "\r\n"
    return Edit(position, position, f"\n{inserted}" if missing else inserted)


def _after_imports(script: Source) -> int:
    """Return the last line of the script's imports, or of what has to stand first; 0 for none."""
    last = 0
    for node in script.tree.body if script.tree else ():
        is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if isinstance(node, ast.Import | ast.ImportFrom) or (is_docstring and not last):
            last = node.end_lineno or last
    return last


def _below_app(app: AppFacts, script: Source, holder: str) -> int:
    """Return the last line of what binds the app, imports, or registers another blueprint."""
    lines = {bound.line for bound in app.modules.bound(script) if bound.name == holder}
    last = _after_imports(script)
    for node in script.tree.body if script.tree else ():
        end = node.end_lineno or node.lineno
        if any(node.lineno <= line <= end for line in lines) or _registers(node):
            last = max(last, end)
    return last


def _registers(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr in REGISTERING
    )
