"""What is a query, what is none, and that a tree's text says the same as the tree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.unit.emulator.cosmos.sql.drawing import queries

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.errors import QueryError
from funcyard.emulator.cosmos.sql.parser import parse, parse_condition
from funcyard.emulator.cosmos.sql.spelling import spelled


@given(queries())
@settings(max_examples=60)
def test_what_a_tree_is_written_as_is_read_as_that_tree(query: tree.Query) -> None:
    assert repr(parse(spelled(query))) == repr(query)


@pytest.mark.parametrize(
    ("text", "near", "at"),
    [
        ("SELECT * FORM c", "FORM", None),
        ("SELECT * FROM c WHERE", "", 21),
        ("SELECT * FROM c WHERE c.a = = 1", "=", 28),
        ("SELECT * FROM c WHERE c.a = 'open", "'", 28),
        ("SELECT * FROM c OFFSET 1", "", 24),
        ("SELECT * FROM c WHERE c.a = 1 c", "c", 30),
        ("SELECT TOP 1.5 * FROM c", "1.5", 11),
        ("SELECT c.a, FROM c", "FROM", None),
        ('SELECT VALUE {"a": 1, "a": 2} FROM c', '"a"', 22),
    ],
)
def test_what_is_no_query_is_refused_at_its_place(text: str, near: str, at: int | None) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    if at is not None:
        assert caught.value.code == "SC1001"
        assert f"'{near}'" in caught.value.message
        assert caught.value.start == at


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("SELECT * FROM c JOIN t IN c.tags", "JOIN"),
        ("SELECT c.a FROM c GROUP BY c.a", "GROUP"),
        ("SELECT * FROM c WHERE c.a LIKE 'x%'", "LIKE"),
        ("SELECT * FROM c WHERE ST_DISTANCE(c.a, c.b) < 3", "ST_DISTANCE"),
        ("SELECT * FROM t IN c.tags", "FROM of a part"),
        ("SELECT 1", "without FROM"),
        ("SELECT * FROM c WHERE EXISTS(SELECT 1 FROM c)", "EXISTS"),
        ("SELECT VALUE COUNT(1) FROM c ORDER BY c.a", "ORDER BY or DISTINCT with an aggregate"),
    ],
)
def test_what_is_not_known_is_refused_by_its_name(text: str, what: str) -> None:
    with pytest.raises(QueryError, match="not supported") as caught:
        parse(text)
    assert what in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT * FROM c WHERE d.a = 1", "Identifier 'd' could not be resolved"),
        ("SELECT c.a, c.a FROM c", "duplicated"),
        ("SELECT c.a, COUNT(1) FROM c", "in no aggregate"),
        ("SELECT * FROM c WHERE COUNT(1) > 1", "aggregate function in a WHERE"),
        ("SELECT * FROM c ORDER BY 1", "must be a path"),
        ("SELECT * FROM c WHERE CONTAINS(c.a)", "requires 2 to 3"),
        ("SELECT TOP 1 * FROM c OFFSET 1 LIMIT 1", "TOP and OFFSET"),
    ],
)
def test_a_query_that_means_nothing_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse(text)


def test_names_are_given_in_every_way_that_the_language_has() -> None:
    for source in ("FROM c", "FROM root c", "FROM root AS c", "FROM readings AS c"):
        assert parse(f"SELECT c.a {source}") == parse("SELECT c.a FROM c")
    columns = parse('SELECT c.a, c["b"] AS x, c.d.e f, c, 1 + 1 FROM c').select
    assert isinstance(columns, tree.ObjectOf)
    assert columns.names == ("a", "x", "f", "c", "$1")


def test_keywords_are_members_and_words_come_in_any_case() -> None:
    assert parse("select c.value, c.order from c where c.top = true") == parse(
        'SELECT c["value"], c["order"] FROM c WHERE c["top"] = TRUE'
    )


def test_texts_are_written_with_either_quotes_and_escaped() -> None:
    texts = parse(r"""SELECT VALUE ['it\'s', "a \"b\"", 'say "x"', '\u00e9\n'] FROM c""").select
    assert texts == tree.ArrayOf(
        tuple(tree.Constant(one) for one in ("it's", 'a "b"', 'say "x"', "é\n"))
    )


def test_a_condition_of_a_patch_is_a_query_without_select() -> None:
    condition = parse_condition("FROM c WHERE c.a = 1")
    assert condition.where == parse("SELECT * FROM c WHERE c.a = 1").where
    with pytest.raises(QueryError):
        parse_condition("WHERE c.a = 1")
