"""The statements that importing a module runs, with the branches that they stand in."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """A statement outside of functions and classes.

    Attributes:
        node: The statement.
        conditional: Whether it may be left out: in an ``if``, a loop, a handler.
        tries: The ``try`` statements whose body it stands in, the innermost last.
        handler: The innermost ``except`` that it stands in.
    """

    node: ast.stmt
    conditional: bool = False
    tries: tuple[ast.Try | ast.TryStar, ...] = ()
    handler: ast.ExceptHandler | None = None


def statements(tree: ast.Module) -> Iterator[Place]:
    """Yield the statements that importing the module may run, in order.

    The body of ``if TYPE_CHECKING`` never runs and is left out.
    """
    yield from _of(tree.body, Place(ast.Pass()))


def _of(body: Sequence[ast.stmt], around: Place) -> Iterator[Place]:
    for node in body:
        place = Place(node, around.conditional, around.tries, around.handler)
        yield place
        yield from _inside(node, place)


def _inside(node: ast.stmt, at: Place) -> Iterator[Place]:
    branch = Place(node, conditional=True, tries=at.tries, handler=at.handler)
    match node:
        case ast.If(test=test, body=body, orelse=orelse):
            if is_type_checking(test):
                yield from _of(orelse, at)
            else:
                yield from _of([*body, *orelse], branch)
        case ast.Try() | ast.TryStar():
            yield from _of(node.body, Place(node, at.conditional, (*at.tries, node), at.handler))
            for handler in node.handlers:
                yield from _of(handler.body, Place(node, True, at.tries, handler))  # noqa: FBT003 - the field's name is in sight
            yield from _of([*node.orelse, *node.finalbody], at)
        case ast.With(body=body):
            yield from _of(body, at)
        case ast.For() | ast.While():
            yield from _of([*node.body, *node.orelse], branch)
        case ast.Match(cases=cases):
            for case in cases:
                yield from _of(case.body, branch)


def is_type_checking(test: ast.expr) -> bool:
    """Tell whether a condition is ``TYPE_CHECKING``: false at run time."""
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return name == "TYPE_CHECKING"
