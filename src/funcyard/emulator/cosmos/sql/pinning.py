"""Whether a query asks of one partition only, so that no other needs to be looked into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.cosmos.sql import tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def pins(query: tree.Query, path: Sequence[str]) -> bool:
    """Whether every item that is asked for has one known value at a path."""
    if query.where is None:
        return False
    wanted: tree.Expression = tree.Item()
    for name in path:
        wanted = tree.Member(wanted, tree.Constant(name))
    return any(
        isinstance(one, tree.Binary)
        and one.sign == "="
        and any(
            side == wanted and isinstance(other, tree.Constant | tree.Parameter)
            for side, other in ((one.left, one.right), (one.right, one.left))
        )
        for one in _conjuncts(query.where)
    )


def _conjuncts(expression: tree.Expression) -> Iterator[tree.Expression]:
    if isinstance(expression, tree.Logic) and expression.sign == "AND":
        for one in expression.operands:
            yield from _conjuncts(one)
    else:
        yield expression
