"""Calls that register a blueprint in an app, and the blueprint that each of them means."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import bound_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funcyard.preflight.code.modules import Modules
    from funcyard.preflight.sources import Source

REGISTERING = frozenset({"register_blueprint", "register_functions"})
"""The methods of an app that take a blueprint's functions over."""


def registered_in(
    modules: Modules, source: Source, nodes: Sequence[ast.stmt], around: Sequence[ast.stmt] = ()
) -> Iterator[tuple[str, int]]:
    """Yield file and line of each blueprint that statements register, where it is made.

    Args:
        modules: The app's modules.
        source: The source of the statements.
        nodes: The statements.
        around: Statements that may bind the names they use, beside the module's.
    """
    local = bound_names(ast.Module(body=list(around), type_ignores=[]))
    known = {bound.name: bound for bound in (*modules.bound(source), *local)}
    for name in _registered_names(nodes):
        holder, _, attribute = name.rpartition(".")
        bound = known.get(holder or attribute)
        if bound is None:
            continue
        if not holder:
            made_in, made = modules.origin(source, bound)
            yield made_in.name, made.line
        else:
            yield from _of_module(modules, source, f"{bound.module}.{bound.original}", attribute)
            yield from _of_module(modules, source, bound.module, attribute)


def _of_module(
    modules: Modules, source: Source, module: str, attribute: str
) -> Iterator[tuple[str, int]]:
    """Yield where ``module.attribute`` is made, where the module is one of the app's."""
    found = modules.find(source, module)
    for bound in modules.bound(found) if found and module else ():
        if found and bound.name == attribute:
            made_in, made = modules.origin(found, bound)
            yield made_in.name, made.line


def _registered_names(nodes: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in nodes:
        for node in ast.walk(statement):
            match node:
                case ast.Call(
                    func=ast.Attribute(attr=called),
                    args=[ast.Name() | ast.Attribute(value=ast.Name()) as given, *_],
                ) if called in REGISTERING:
                    yield ast.unparse(given)
