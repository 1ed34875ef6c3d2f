"""The definition of a function: its decorators, its parameters and where each is written."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.code.decorators import Decorator, decorators_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.sources import Source


@dataclass(frozen=True, slots=True)
class Definition:
    """A function.

    Attributes:
        source: Its file.
        node: The ``def``.
        decorators: Those that are calls of a method, ``@app.route(…)``, in order.
    """

    source: Source
    node: ast.FunctionDef | ast.AsyncFunctionDef
    decorators: tuple[Decorator, ...]

    @property
    def name(self) -> str:
        """Its name in Azure."""
        named = (decorator.function_name for decorator in self.decorators)
        return next((name for name in named if name), self.node.name)

    @property
    def line(self) -> int:
        """Its first line, decorators included."""
        return min([self.node.lineno, *(node.lineno for node in self.node.decorator_list)])

    @property
    def parameters(self) -> dict[str, ast.arg]:
        """Its parameters by name, in order."""
        given = self.node.args
        every = [*given.posonlyargs, *given.args, given.vararg, *given.kwonlyargs, given.kwarg]
        return {arg.arg: arg for arg in every if arg is not None}

    def binding(self, parameter: str) -> Decorator | None:
        """Return the decorator that binds a parameter."""
        for decorator in self.decorators:
            if decorator.parameter == parameter:
                return decorator
        return None

    def decorator(self, *names: str) -> Decorator | None:
        """Return the first decorator of one of these names."""
        return next((found for found in self.decorators if found.name in names), None)

    def annotation(self, parameter: str) -> ast.expr | None:
        """Return a parameter's annotation, or the function's under ``return``."""
        if parameter == "return":
            return self.node.returns
        found = self.parameters.get(parameter)
        return found.annotation if found else None


def definitions(source: Source, *, decorated: bool = True) -> Iterator[Definition]:
    """Yield the functions of a source, only those with decorators unless told otherwise."""
    for node in ast.walk(source.tree) if source.tree else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
            node.decorator_list or not decorated
        ):
            yield Definition(source, node, tuple(decorators_of(node.decorator_list)))


def definition_at(source: Source | None, line: int) -> Definition | None:
    """Return the function that begins at a line, decorators included, or whose ``def`` does."""
    for found in definitions(source, decorated=False) if source else ():
        if line in {found.line, found.node.lineno}:
            return found
    return None
