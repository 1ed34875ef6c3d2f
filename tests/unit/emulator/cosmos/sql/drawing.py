"""Random queries and items."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.values import UNDEFINED

NAMES = ("a", "b", "n")
SCALARS = st.sampled_from([None, True, False, -1, 0, 1, 2, 2.5, "", "a", "ab", "B"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=4,
)
ITEMS = st.lists(st.dictionaries(st.sampled_from(NAMES), VALUES), max_size=8)
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_TESTS = ("IS_DEFINED", "IS_NULL", "IS_STRING", "IS_NUMBER", "IS_ARRAY", "IS_OBJECT", "IS_BOOL")


def paths() -> st.SearchStrategy[tree.Expression]:
    """Return members of an item, and members of those."""

    def path(names: list[str]) -> tree.Expression:
        found: tree.Expression = tree.Item()
        for name in names:
            found = tree.Member(found, tree.Constant(name))
        return found

    return st.lists(st.sampled_from(NAMES), min_size=1, max_size=2).map(path)


def _constants() -> st.SearchStrategy[tree.Expression]:
    plain = SCALARS.filter(lambda one: isinstance(one, bool) or one is None or one != -1)
    return (plain | st.just(UNDEFINED)).map(tree.Constant)


def _larger(inner: st.SearchStrategy[tree.Expression]) -> st.SearchStrategy[tree.Expression]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    arithmetic = st.sampled_from(["+", "-", "*", "/", "%"])
    calls = st.builds(tree.Call, st.sampled_from(_TESTS), st.tuples(inner)) | st.builds(
        tree.Call,
        st.sampled_from(["STARTSWITH", "CONTAINS", "ENDSWITH", "ARRAY_CONTAINS"]),
        st.tuples(inner, inner),
    )
    return st.one_of(
        st.builds(tree.Logic, st.sampled_from(["AND", "OR"]), several),
        st.builds(tree.Unary, st.sampled_from(["NOT", "-"]), inner),
        st.builds(tree.Binary, st.sampled_from(_COMPARISONS), inner, inner),
        st.builds(tree.Binary, arithmetic, inner, inner),
        st.builds(tree.In, inner, several),
        st.builds(tree.Between, inner, inner, inner),
        calls,
        st.builds(tree.ArrayOf, several),
        inner.map(lambda one: tree.ObjectOf(("x", "y z"), (one, tree.Constant(1)))),
    )


def expressions() -> st.SearchStrategy[tree.Expression]:
    """Return expressions of all kinds but aggregates and parameters."""
    return st.recursive(paths() | _constants(), _larger, max_leaves=6)


def queries() -> st.SearchStrategy[tree.Query]:
    """Return queries without aggregates."""
    numbers = st.integers(0, 5).map(tree.Constant)
    bounds = st.one_of(
        st.just((None, None, None)),
        st.tuples(numbers, st.none(), st.none()),
        st.tuples(st.none(), numbers, numbers),
    )
    selected = st.one_of(
        st.just((None, False)),
        st.tuples(expressions(), st.just(value=True)),
        st.tuples(
            expressions().map(lambda one: tree.ObjectOf(("x", "y"), (one, tree.Item()))),
            st.just(value=False),
        ),
    )
    orders = st.lists(st.builds(tree.Order, paths(), st.booleans()), max_size=2).map(tuple)

    def query(
        chosen: tuple[Any, bool],
        distinct: bool,  # noqa: FBT001 - drawn
        where: tree.Expression | None,
        order: tuple[tree.Order, ...],
        bound: tuple[Any, Any, Any],
    ) -> tree.Query:
        top, offset, limit = bound
        return tree.Query("c", *chosen, distinct, top, where, order, offset, limit)

    return st.builds(query, selected, st.booleans(), st.none() | expressions(), orders, bounds)
