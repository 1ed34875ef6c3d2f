"""Code to paste: what the template would have written for a function that is not as the spec says.

It is cut out of a function_app.py rendered for the spec as it is now: the whole function with the
imports that the app's script lacks, or the decorators alone where the function is there.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.project.renderer import render_script
from funcyard.project.views import view

if TYPE_CHECKING:
    from funcyard.functions.declared import Difference
    from funcyard.project.spec import FunctionApp, Spec


def code_for(difference: Difference, spec: Spec, app: FunctionApp, script: bytes) -> str:
    """Return what could be pasted to make the code as the spec says; empty where nothing could.

    Args:
        difference: Between the spec and the code of ``app``.
        spec: Complete.
        app: Of ``spec``.
        script: The app's function_app.py as it is; empty where there is none.
    """
    if difference.wanted is None:
        return ""
    text = render_script(spec, app.name)
    identifier = next(
        trigger.identifier
        for one in view(spec).apps
        if one.name == app.name
        for trigger in one.triggers
        if trigger.spec.name == difference.wanted.name
    )
    tree = ast.parse(text)
    function = next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == identifier
    )
    lines = text.splitlines()
    first = function.decorator_list[0].lineno - 1
    there = difference.found is not None and difference.found.trigger == difference.wanted.trigger
    if there:
        return "\n".join(lines[first : function.lineno - 1]) + "\n"
    imports = _lacking(tree, function, _imported(script))
    code = "\n".join(lines[first : function.end_lineno]) + "\n"
    return "\n".join(imports) + "\n\n\n" + code if imports else code


def _lacking(tree: ast.Module, function: ast.FunctionDef, there: set[str]) -> list[str]:
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return [
        ast.unparse(node)
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom) and (_names(node) & used) - there
    ]


def _imported(script: bytes) -> set[str]:
    try:
        body = ast.parse(script).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    imports = (node for node in body if isinstance(node, ast.Import | ast.ImportFrom))
    return {name for node in imports for name in _names(node)}


def _names(node: ast.Import | ast.ImportFrom) -> set[str]:
    return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
