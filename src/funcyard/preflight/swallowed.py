"""What a guard skipped: the rest of a ``try`` whose exception was caught at import.

The survey tells which exceptions were swallowed; the text of the source tells by what, and what
would have run after the line that raised.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import Kind, bound_names
from funcyard.preflight.code.registrations import registered_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.functions.survey import Swallowed
    from funcyard.preflight.code.bound import Bound
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.sources import Source

Catching = ast.ExceptHandler | ast.With
"""An ``except``, or a ``with suppress(…)``."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """What did not run because an exception was swallowed.

    Attributes:
        source: Where.
        swallowed: The exception.
        by: What caught it.
        body: The statements that it was caught around.
        rest: Those of them that did not run, from the one on that raised.
    """

    source: Source
    swallowed: Swallowed
    by: Catching
    body: tuple[ast.stmt, ...]
    rest: tuple[ast.stmt, ...]

    @property
    def line(self) -> int:
        """The line that raised, or that called what did."""
        return self.swallowed.line

    @property
    def lost_names(self) -> dict[str, Bound]:
        """The names that are not bound as they would have been: not at all, or to None."""
        unbound = {bound.name: bound for bound in _bound(self.rest)}
        if isinstance(self.by, ast.With):
            return unbound
        for bound in _bound(self.by.body):
            if bound.kind is Kind.NONE:
                unbound[bound.name] = bound
            else:
                unbound.pop(bound.name, None)
        return unbound


def skipped_parts(app: AppFacts) -> Iterator[Skipped]:
    """Yield what did not run of the app's sources, in order of place."""
    for swallowed in app.survey.swallowed:
        source = app.source_by_name.get(app.name_of(swallowed.file))
        if source is not None and source.tree is not None:
            found = _around(source.tree, swallowed)
            if found is not None:
                by, body = found
                rest = [node for node in body if _end(node) >= swallowed.line]
                yield Skipped(source, swallowed, by, tuple(body), tuple(rest))


def skipped_registrations(app: AppFacts) -> frozenset[tuple[str, int]]:
    """Return file and line of the blueprints whose registration stands in what did not run."""
    return frozenset(
        place
        for skipped in skipped_parts(app)
        for place in registered_in(app.modules, skipped.source, skipped.rest, skipped.body)
    )


def _around(tree: ast.Module, swallowed: Swallowed) -> tuple[Catching, list[ast.stmt]] | None:
    """Return what caught an exception, the innermost whose classes fit, and its body."""
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Try | ast.TryStar | ast.With | ast.AsyncWith)
        and node.body[0].lineno <= swallowed.line <= _end(node.body[-1])
    ]
    for node in sorted(around, key=lambda one: one.lineno, reverse=True):
        if isinstance(node, ast.Try | ast.TryStar):
            for handler in node.handlers:
                if handler.type is None or _classes(handler.type) & set(swallowed.kinds):
                    return handler, node.body
        elif isinstance(node, ast.With) and _suppresses(node, swallowed):
            return node, node.body
    return None


def _suppresses(node: ast.With, swallowed: Swallowed) -> bool:
    for item in node.items:
        match item.context_expr:
            case ast.Call(func=ast.Name(id="suppress") | ast.Attribute(attr="suppress"), args=args):
                if any(_classes(kind) & set(swallowed.kinds) for kind in args):
                    return True
    return False


def _classes(node: ast.expr) -> set[str]:
    kinds = node.elts if isinstance(node, ast.Tuple) else [node]
    return {getattr(kind, "attr", getattr(kind, "id", "")) for kind in kinds}


def _bound(nodes: tuple[ast.stmt, ...] | list[ast.stmt]) -> tuple[Bound, ...]:
    return bound_names(ast.Module(body=list(nodes), type_ignores=[]))


def _end(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno
