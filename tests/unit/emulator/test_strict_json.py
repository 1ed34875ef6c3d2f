"""JSON that every reader of it understands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator import strict_json
from funcyard.emulator.strict_json import MOST_LEVELS

_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner),
    max_leaves=8,
)


@given(_JSON)
def test_what_is_json_is_read_as_it_is(value: object) -> None:
    assert strict_json.read(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "NaN",
        "[Infinity]",
        '{"a": -1e999}',
        '"\\ud800"',
        "1" * 5000,
        "[" * 100_000,
        "[" * (MOST_LEVELS + 1) + "]" * (MOST_LEVELS + 1),
        '{"a":' * (MOST_LEVELS + 1) + "1" + "}" * (MOST_LEVELS + 1),
    ],
)
def test_what_another_reader_would_fail_on_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        strict_json.read(text)


def test_values_lie_in_each_other_as_deep_as_is_allowed() -> None:
    deep = "[" * MOST_LEVELS + "]" * MOST_LEVELS
    assert json.dumps(strict_json.read(deep)) == deep
