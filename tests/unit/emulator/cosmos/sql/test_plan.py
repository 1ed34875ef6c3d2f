"""The plan by which a client asks each partition, and whether a query asks of one only."""

from __future__ import annotations

from typing import Any

import pytest

from funcyard.emulator.cosmos.sql.parser import parse, parse_condition
from funcyard.emulator.cosmos.sql.pinning import pins
from funcyard.emulator.cosmos.sql.plan import is_needed, plan
from funcyard.emulator.cosmos.sql.running import run

_ITEMS = [(number, {"_rid": str(number), "n": number, "g": number % 2}) for number in range(1, 5)]


def _asked_of_a_partition(text: str) -> tuple[dict[str, Any], list[Any]]:
    """Return what a plan says, and what its query answers."""
    told = plan(parse(text), {})["queryInfo"]
    return told, run(parse(told["rewrittenQuery"]), _ITEMS, {}, most=9).values


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("SELECT * FROM c WHERE c.n > 1", False),
        ("SELECT * FROM c ORDER BY c.n", True),
        ("SELECT VALUE COUNT(1) FROM c", True),
        ("SELECT DISTINCT c.n FROM c", True),
        ("SELECT TOP 1 * FROM c", True),
        ("SELECT * FROM c OFFSET 0 LIMIT 1", True),
    ],
)
def test_a_plan_is_needed_where_answers_cannot_be_put_in_a_row(text: str, *, needed: bool) -> None:
    assert is_needed(parse(text)) is needed


def test_sorted_results_come_with_what_they_are_sorted_by() -> None:
    told, results = _asked_of_a_partition("SELECT c.n FROM c WHERE c.n > 2 ORDER BY c.n DESC")
    assert told["orderBy"] == ["Descending"]
    assert told["orderByExpressions"] == ["c.n"]
    assert results == [
        {"_rid": "4", "orderByItems": [{"item": 4}], "payload": {"n": 4}},
        {"_rid": "3", "orderByItems": [{"item": 3}], "payload": {"n": 3}},
    ]


def test_each_partition_tells_its_part_of_an_aggregate() -> None:
    told, results = _asked_of_a_partition("SELECT VALUE AVG(c.n) FROM c")
    assert told["aggregates"] == ["Average"]
    assert results == [[{"item": {"sum": 10, "count": 4}}]]
    _, counted = _asked_of_a_partition("SELECT VALUE COUNT(1) FROM c WHERE c.g = 1")
    assert counted == [[{"item": 2}]]


def test_what_is_left_out_is_asked_for_since_the_client_leaves_it_out() -> None:
    told, results = _asked_of_a_partition("SELECT * FROM c ORDER BY c.n OFFSET 1 LIMIT 2")
    assert (told["offset"], told["limit"]) == (1, 2)
    assert [one["payload"]["n"] for one in results] == [1, 2, 3]


def test_results_that_come_once_are_told_apart_by_themselves() -> None:
    told, results = _asked_of_a_partition("SELECT DISTINCT VALUE c.g FROM c ORDER BY c.g")
    assert told["distinctType"] == "Ordered"
    assert [one["payload"] for one in results] == [0, 1]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT DISTINCT VALUE c.g FROM c ORDER BY c.n OFFSET 1 LIMIT 1",
        "SELECT DISTINCT TOP 1 VALUE c.g FROM c ORDER BY c.n",
    ],
)
def test_nothing_is_left_out_before_what_comes_once_is_known(text: str) -> None:
    told, results = _asked_of_a_partition(text)
    assert [one["payload"] for one in results] == [1, 0, 1, 0]
    assert 1 in (told["limit"], told["top"])


@pytest.mark.parametrize(
    ("condition", "pinned"),
    [
        ("c.site.id = 'a'", True),
        ("@a = c.site.id AND c.n > 1", True),
        ("c.n > 1 AND (c.n < 3 AND c.site.id = 'a')", True),
        ("c.site.id = 'a' OR c.n = 1", False),
        ("NOT (c.site.id = 'a')", False),
        ("c.site.id = c.n", False),
        ("c.site.id > 'a'", False),
        ("c.id = 'a'", False),
    ],
)
def test_a_query_is_one_partition_s_where_its_key_must_be_a_value(
    condition: str, *, pinned: bool
) -> None:
    assert pins(parse_condition(f"FROM c WHERE {condition}"), ("site", "id")) is pinned
