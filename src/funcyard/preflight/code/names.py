"""What the names of a module stand for: ``func.HttpRequest`` is ``azure.functions.HttpRequest``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.code.statements import statements

if TYPE_CHECKING:
    from collections.abc import Mapping

FUNCTIONS = "azure.functions"
DURABLE = "azure.durable_functions"
APPS = frozenset(
    {
        f"{FUNCTIONS}.FunctionApp",
        f"{FUNCTIONS}.AsgiFunctionApp",
        f"{FUNCTIONS}.WsgiFunctionApp",
        f"{DURABLE}.DFApp",
    }
)
"""Classes whose instances the worker takes for the app."""
BLUEPRINTS = frozenset({f"{FUNCTIONS}.Blueprint", f"{DURABLE}.Blueprint"})
"""Classes whose instances hold functions until an app registers them."""


def origins(tree: ast.Module) -> dict[str, str]:
    """Return the dotted origin of every name that a module imports by an absolute import."""
    found: dict[str, str] = {}
    for place in statements(tree):
        match place.node:
            case ast.Import(names=aliases):
                for alias in aliases:
                    top = alias.name.partition(".")[0]
                    found[alias.asname or top] = alias.name if alias.asname else top
            case ast.ImportFrom(module=str(module), names=aliases, level=0):
                for alias in aliases:
                    found[alias.asname or alias.name] = f"{module}.{alias.name}"
    return found


def dotted(node: ast.expr | None, known: Mapping[str, str]) -> str:
    """Return what an expression of names and dots stands for, empty where it is anything else.

    Args:
        node: The expression.
        known: As :func:`origins` returns it; a name that is not in it stands for itself.
    """
    attributes: list[str] = []
    while isinstance(node, ast.Attribute):
        attributes.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([known.get(node.id, node.id), *reversed(attributes)])


def spelled(name: str, known: Mapping[str, str]) -> str:
    """Return how a module can write a dotted name with what it imports, empty where it cannot.

    Args:
        name: Such as ``azure.functions.HttpRequest``.
        known: As :func:`origins` returns it.
    """
    written = [
        local + name.removeprefix(origin)
        for local, origin in known.items()
        if name == origin or name.startswith(f"{origin}.")
    ]
    return min(written, key=len, default="")
