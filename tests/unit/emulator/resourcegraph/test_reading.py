"""Queries of Resource Graph: understood whole, or refused, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.resourcegraph.expressions import COLUMNS
from funcyard.emulator.resourcegraph.reading import read

_ROW = {**dict.fromkeys(COLUMNS), "id": "/1", "name": "one", "tags": {"a": "B"}, "zones": ["1"]}
_WORDS = (
    *("resources", "|", "where", "project", "order", "by", "take", "count", "and", "or", "not"),
    *("(", ")", "[", "]", ".", ",", "=", "==", "=~", "!=", "in", "in~", "contains", "tolower"),
    *("name", "tags", "zones", "'a'", "'B'", "1", "nothing", "asc"),
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(_WORDS), max_size=12).map(" ".join) | st.text(max_size=30))
def test_whatever_is_asked_is_answered_or_refused(query: str) -> None:
    try:
        found = read(query).answer([dict(_ROW)])
    except ArmError as refusal:
        assert refusal.status == 400  # noqa: PT017 - some queries are answered
    else:
        assert isinstance(found, list)


def test_a_query_that_is_nested_without_end_is_refused() -> None:
    for query in ("where " + "(" * 5000, "where " + "not(" * 5000, "where " + "tolower(" * 5000):
        with pytest.raises(ArmError) as told:
            read(query)
        assert told.value.status == 400


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("tags.a == 'B'", True),
        ("tags['a'] == 'b'", False),
        ("tags['a'] =~ 'b'", True),
        ("tags.b == ''", True),
        ("tags.a.b == 'B'", False),
        ("zones[0] == '1'", True),
        ("zones[1] == '1'", False),
        ("isnull(kind) and isnotnull(name)", True),
        ("name == 'one' or nothing_else == 'x'", None),
        ("not(name == 'one') or name == 'one'", True),
        ("name == 'two' or name == 'one' and tags.a == 'C'", False),
        ("name !in ('one')", False),
    ],
)
def test_conditions_hold_as_kusto_says(condition: str, holds: bool | None) -> None:  # noqa: FBT001
    if holds is None:
        with pytest.raises(ArmError):
            read(f"where {condition}")
    else:
        assert read(f"where {condition}").answer([dict(_ROW)]) == ([_ROW] if holds else [])
