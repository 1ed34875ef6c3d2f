"""Random conditions."""

from __future__ import annotations

from hypothesis import strategies as st

from funcyard.twin.rules.tree import OPERATORS, And, Comparison, Constant, Not, Or, Path

NAMES = ["a", "b1", "not", "doorOpen"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
PATHS = st.builds(
    Path, st.sampled_from(["room", "room-2", "0x_"]), st.sampled_from(NAMES),
    st.none() | st.just("part"),
)  # fmt: skip
CONSTANTS = st.one_of(
    st.builds(Constant, st.just("DOUBLE"), st.floats(-1e9, 1e9)),
    st.builds(Constant, st.just("INTEGER"), st.integers(-(2**63), 2**63 - 1)),
    st.builds(Constant, st.just("STRING"), TEXTS),
    st.builds(Constant, st.just("BOOLEAN"), st.booleans()),
)
_OPERATORS = st.sampled_from(OPERATORS)
COMPARISONS = st.one_of(
    st.builds(Comparison, PATHS, _OPERATORS, PATHS | CONSTANTS),
    st.builds(Comparison, CONSTANTS, _OPERATORS, PATHS),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=6,
)
