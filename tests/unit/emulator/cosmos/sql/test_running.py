"""Results of queries against what plain Python makes of the same items."""

from __future__ import annotations

import json
import math
import operator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.emulator.cosmos.sql.drawing import ITEMS, expressions, queries

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.errors import QueryError
from funcyard.emulator.cosmos.sql.parser import parse, parse_condition
from funcyard.emulator.cosmos.sql.running import matches, run
from funcyard.emulator.cosmos.sql.values import UNDEFINED

_RANKS = (type(UNDEFINED), type(None), bool, (int, float), str, list, dict)


def rank(value: Any) -> int:  # noqa: ANN401 - JSON
    """Return the place of a value's type among all."""
    if isinstance(value, bool):
        return 2
    return next(number for number, types in enumerate(_RANKS) if isinstance(value, types))


def plain(expression: tree.Expression, item: Any) -> Any:  # noqa: ANN401, C901, PLR0911, PLR0912 - JSON; a judge, written at a stretch
    """Return the value of an expression, found without what is judged."""

    def of(one: tree.Expression) -> Any:  # noqa: ANN401 - JSON
        return plain(one, item)

    match expression:
        case tree.Constant(value):
            return value
        case tree.Item():
            return item
        case tree.Member(whole, key):
            inside, name = of(whole), of(key)
            return inside.get(name, UNDEFINED) if isinstance(inside, dict) else UNDEFINED
        case tree.Unary("NOT", operand):
            return UNDEFINED if not isinstance(of(operand), bool) else not of(operand)
        case tree.Unary(_, operand):
            return -of(operand) if rank(of(operand)) == 3 else UNDEFINED
        case tree.Logic(sign, operands):
            found = [of(one) for one in operands]
            if (sign == "OR") in [one for one in found if isinstance(one, bool)]:
                return sign == "OR"
            return sign != "OR" if all(isinstance(one, bool) for one in found) else UNDEFINED
        case tree.In(operand, options):
            same = tuple(tree.Binary("=", operand, one) for one in options)
            return of(tree.Logic("OR", same))
        case tree.Between(operand, low, high):
            sides = (tree.Binary(">=", operand, low), tree.Binary("<=", operand, high))
            return of(tree.Logic("AND", sides))
        case tree.Binary(sign, left, right):
            return _sides(sign, of(left), of(right))
        case tree.Call(name, arguments):
            return _called(name, [of(one) for one in arguments])
        case tree.ArrayOf(items):
            return [of(one) for one in items if of(one) is not UNDEFINED]
        case tree.ObjectOf(names, values):
            pairs = zip(names, values, strict=True)
            return {name: of(one) for name, one in pairs if of(one) is not UNDEFINED}
    raise AssertionError(expression)


def _sides(sign: str, one: Any, other: Any) -> Any:  # noqa: ANN401, PLR0911 - JSON; a judge
    if rank(one) != rank(other) or UNDEFINED in (one, other):
        return UNDEFINED
    if sign in {"=", "!="}:
        return (json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)) == (
            sign == "="
        )
    if sign in {"+", "-", "*", "/", "%"}:
        if rank(one) != 3 or (sign in {"/", "%"} and other == 0):
            return UNDEFINED
        ways = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}
        result = ways.get(sign, math.fmod)(one, other)
        return int(result) if result == int(result) else result
    if rank(one) > 4:
        return UNDEFINED
    if one is None:
        return "=" in sign
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign]


def _called(name: str, given: list[Any]) -> Any:  # noqa: ANN401, PLR0911 - JSON; a judge
    tests = ("IS_UNDEFINED", "IS_NULL", "IS_BOOL", "IS_NUMBER", "IS_STRING", "IS_ARRAY")
    if name == "IS_DEFINED":
        return given[0] is not UNDEFINED
    if name.startswith("IS_"):
        return rank(given[0]) == (*tests, "IS_OBJECT").index(name)
    whole, part = given
    if name == "ARRAY_CONTAINS":
        if not isinstance(whole, list) or part is UNDEFINED:
            return UNDEFINED
        return any(_sides("=", one, part) is True for one in whole)
    if not (isinstance(whole, str) and isinstance(part, str)):
        return UNDEFINED
    if name == "CONTAINS":
        return part in whole
    return whole.startswith(part) if name == "STARTSWITH" else whole.endswith(part)


def _key(value: Any) -> tuple[int, Any]:  # noqa: ANN401 - JSON
    if rank(value) > 4:
        return rank(value), json.dumps(value, sort_keys=True, separators=(",", ":"))
    return rank(value), 0 if rank(value) < 2 else value


def expected(query: tree.Query, items: list[Any]) -> list[Any]:
    """Return all results of a query, found without what is judged."""
    chosen = [one for one in items if query.where is None or plain(query.where, one) is True]
    for order in reversed(query.order):
        key = [(_key(plain(order.by, one)), one) for one in chosen]
        chosen = [one for _, one in sorted(key, key=lambda pair: pair[0], reverse=order.descending)]
    if query.select is not None:
        chosen = [plain(query.select, one) for one in chosen]
    results = [one for one in chosen if one is not UNDEFINED]
    if query.distinct:
        texts = [json.dumps(one, sort_keys=True) for one in results]
        results = [one for n, one in enumerate(results) if texts[n] not in texts[:n]]
    offset = query.offset.value if isinstance(query.offset, tree.Constant) else 0
    most = query.top if query.top is not None else query.limit
    end = offset + most.value if isinstance(most, tree.Constant) else None
    return results[offset:end]


def answer(query: tree.Query, items: list[Any], most: int = 100) -> list[Any]:
    """Return all results, page by page."""
    numbered = list(enumerate(items, start=1))
    found: list[Any] = []
    page = run(query, numbered, {}, most=most)
    found += page.values
    while page.continuation is not None:
        assert len(page.values) == most
        page = run(query, numbered, {}, most=most, continuation=page.continuation)
        found += page.values
    return found


@given(queries(), ITEMS, st.integers(1, 4))
@settings(max_examples=120)
def test_results_are_what_plain_python_finds_however_they_are_paged(
    query: tree.Query, items: list[Any], most: int
) -> None:
    assert repr(answer(query, items, most)) == repr(expected(query, items))


@given(expressions(), ITEMS)
@settings(max_examples=80)
def test_an_item_meets_a_condition_where_plain_python_says_so(
    condition: tree.Expression, items: list[Any]
) -> None:
    query = tree.Query("c", None, where=condition)
    for item in items:
        assert matches(query, item) == (plain(condition, item) is True)


@given(ITEMS)
@settings(max_examples=50)
def test_aggregates_are_those_of_plain_python(items: list[Any]) -> None:
    found = [one["n"] for one in items if "n" in one]
    numbers = [one for one in found if rank(one) == 3]
    (told,) = answer(
        parse(
            "SELECT COUNT(1) AS alls, COUNT(c.n) AS some, SUM(c.n) AS added, AVG(c.n) AS middle,"
            " MIN(c.n) AS least, MAX(c.n) AS most FROM c"
        ),
        items,
    )
    assert (told["alls"], told["some"]) == (len(items), len(found))
    if len(numbers) == len(found):
        assert told["added"] == sum(numbers)
        assert told.get("middle") == (sum(numbers) / len(numbers) if numbers else None)
    else:
        assert {"added", "middle"}.isdisjoint(told)
    ordered = sorted(found, key=_key)
    if found and max(map(rank, found)) < 5:
        assert (repr(told["least"]), repr(told["most"])) == (repr(ordered[0]), repr(ordered[-1]))
    else:
        assert {"least", "most"}.isdisjoint(told)


def test_a_page_goes_on_behind_the_last_result_though_that_was_deleted() -> None:
    query = parse("SELECT VALUE c.n FROM c ORDER BY c.n DESC")
    items = [(number, {"n": number % 3}) for number in range(1, 10)]
    first = run(query, items, {}, most=4)
    left = [one for one in items if one[0] not in {2, 5, 8, 1}]
    rest = run(query, left, {}, most=9, continuation=first.continuation)
    assert first.values == [2, 2, 2, 1]
    assert rest.values == [1, 1, 0, 0, 0]


def test_no_more_items_are_read_than_a_page_needs() -> None:
    seen: list[int] = []

    def items() -> Any:  # noqa: ANN401 - yields pairs
        for number in range(1, 100):
            seen.append(number)
            yield number, {"n": number}

    page = run(parse("SELECT * FROM c WHERE c.n > 2"), items(), {}, most=3)
    assert [one["n"] for one in page.values] == [3, 4, 5]
    assert len(seen) == 6


def test_parameters_stand_for_values_and_must_be_given() -> None:
    query = parse("SELECT VALUE c.n FROM c WHERE c.n IN (@a, @b) OFFSET @o LIMIT @l")
    items = [(number, {"n": number}) for number in range(1, 5)]
    given_values = {"@a": 2, "@b": 4, "@o": 1, "@l": 1}
    assert run(query, items, given_values, most=9).values == [4]
    with pytest.raises(QueryError, match="'@b' is not defined"):
        run(query, items, {"@a": 2, "@o": 1, "@l": 1}, most=9)
    with pytest.raises(QueryError, match="OFFSET must be"):
        run(query, items, {**given_values, "@o": "x"}, most=9)


def test_a_continuation_that_is_none_is_refused() -> None:
    with pytest.raises(QueryError, match="Continuation"):
        run(parse("SELECT * FROM c"), [], {}, most=1, continuation="e30=")


def test_a_query_as_long_as_a_client_s_list_of_ids_runs() -> None:
    parts = " OR ".join(f"(c.id = '{number}' AND c.p = '{number}')" for number in range(1000))
    items = [(number, {"id": str(number), "p": str(number)}) for number in (1, 999, 4000)]
    condition = parse_condition(f"FROM c WHERE {parts}")
    assert [number for number, item in items if matches(condition, item)] == [1, 999]


def test_all_types_have_a_place_in_an_order() -> None:
    types: list[Any] = [{}, [], "a", 2, 1, True, False, None]
    values = [{"v": one} for one in types]
    ordered = answer(parse("SELECT * FROM c ORDER BY c.v"), [*values, {}])
    assert ordered == [{}, *reversed(values)]
