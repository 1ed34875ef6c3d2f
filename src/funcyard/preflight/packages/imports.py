"""The imports of a Python source that have to work: which, where, and when they run.

Left out is what may fail or never runs: the body of ``if TYPE_CHECKING``, a ``try`` that handles
the failed import, what only another version or platform imports, and what runs as a program.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.packages.forgiving import FORGIVING, forgives, names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CONDITIONS = {
    "TYPE_CHECKING",
    "__name__",
    "hexversion",
    "implementation",
    "os.name",
    "platform",
    "version_info",
}
"""What an ``if`` asks that is not the same everywhere, or is never true at run time."""


@dataclass(frozen=True, slots=True)
class Import:
    """One statement.

    Attributes:
        module: The module, dotted; of ``from a.b import c`` it is ``a.b``.
        names: What is taken from it, which may be modules too.
        level: Leading dots, 0 for an absolute import.
        line: Where it stands.
        at_load: Whether importing the source runs it; else a function does, or a branch may.
    """

    module: str
    names: tuple[str, ...]
    level: int
    line: int
    at_load: bool

    @property
    def candidates(self) -> tuple[str, ...]:
        """Every dotted name that it may load, the most particular first."""
        inner = tuple(f"{self.module}.{name}" for name in self.names if name != "*")
        return (*inner, self.module)


def imports_of(tree: ast.Module) -> tuple[Import, ...]:
    """Return the imports of a source that have to work, in order."""
    return tuple(sorted(_of_body(tree.body, at_load=True), key=lambda found: found.line))


def tops_of(tree: ast.Module) -> frozenset[str]:
    """Return the top-level modules of all absolute imports, whether or not they have to work."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


def _of_body(body: Iterable[ast.AST], *, at_load: bool) -> Iterator[Import]:
    for node in body:
        yield from _of_node(node, at_load=at_load)


def _of_node(node: ast.AST, *, at_load: bool) -> Iterator[Import]:
    match node:
        case ast.Import(names=aliases, lineno=line):
            for alias in aliases:
                yield Import(alias.name, (), 0, line, at_load)
        case ast.ImportFrom(module=module, names=aliases, level=level, lineno=line):
            names = tuple(alias.name for alias in aliases)
            yield Import(module or "", names, level, line, at_load)
        case ast.If():
            yield from _of_if(node, at_load=at_load)
        case ast.Try() | ast.TryStar():
            yield from _of_try(node, at_load=at_load)
        case ast.With(items=items, body=body):
            if not any(names_in(item.context_expr) & FORGIVING for item in items):
                yield from _of_body(body, at_load=at_load)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _of_body(node.body, at_load=False)
        case _:
            yield from _of_body(_statements_in(node), at_load=at_load)


def _of_if(node: ast.If, *, at_load: bool) -> Iterator[Import]:
    if _is_type_checking(node.test):
        yield from _of_body(node.orelse, at_load=at_load)
    elif not names_in(node.test) & _CONDITIONS:
        yield from _of_body([*node.body, *node.orelse], at_load=False)


def _of_try(node: ast.Try | ast.TryStar, *, at_load: bool) -> Iterator[Import]:
    for found in _of_body([*node.body, *node.orelse], at_load=at_load):
        if not forgives(node.handlers, found.module):
            yield found
    if not forgives(node.handlers):
        yield from _of_body(node.handlers, at_load=False)
    yield from _of_body(node.finalbody, at_load=at_load)


def _statements_in(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield child


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, (ast.Name, ast.Attribute)) and "TYPE_CHECKING" in names_in(test)
