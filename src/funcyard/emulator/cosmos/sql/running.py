"""From a query and items to results, a page at a time.

A result has a position: what it is sorted by, then the number of its item. A page ends at a
position, and the next one begins behind that, whatever was deleted or made meanwhile.
"""

from __future__ import annotations

import base64
import functools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.aggregates import aggregate
from funcyard.emulator.cosmos.sql.compiling import Parameters, compiled
from funcyard.emulator.cosmos.sql.errors import QueryError
from funcyard.emulator.cosmos.sql.values import UNDEFINED, Value, canonical, sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ABSENT: Final = "undefined"


@dataclass(frozen=True, slots=True)
class Page:
    """Results, and where the rest begins.

    Attributes:
        values: The results.
        continuation: By which the next page is had; None where there is none.
    """

    values: list[Value]
    continuation: str | None


@dataclass(frozen=True, slots=True)
class _Result:
    keys: tuple[Value, ...]
    number: int
    value: Value


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page ended: how many results there were, and the last one's position."""

    count: int
    keys: tuple[Value, ...]
    number: int

    def text(self) -> str:
        keys = [{} if key is UNDEFINED else {"item": key} for key in self.keys]
        told = json.dumps([self.count, keys, self.number], separators=(",", ":"))
        return base64.urlsafe_b64encode(told.encode()).decode()

    @classmethod
    def read(cls, text: str) -> _Place:
        try:
            count, keys, number = json.loads(base64.urlsafe_b64decode(text))
            place = tuple(key.get("item", UNDEFINED) for key in keys)
            return cls(int(count), place, int(number))
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            raise _bad_token() from None


def run(
    query: tree.Query,
    items: Iterable[tuple[int, Value]],
    parameters: Parameters,
    *,
    most: int,
    continuation: str | None = None,
) -> Page:
    """Return a page of results.

    Args:
        query: What is asked.
        items: Numbers and items, by their numbers, no more of them read than needed.
        parameters: Values of the query's parameters.
        most: How many results a page has.
        continuation: Where it begins; at the first result without.

    Raises:
        QueryError: The query cannot be run so.
    """
    after = _Place.read(continuation) if continuation else None
    if after is not None and len(after.keys) != len(query.order):
        raise _bad_token()
    if query.aggregates:
        return Page(_aggregated(query, items, parameters), None)
    bounds = _Bounds.of(query, parameters)
    results = _results(query, items, parameters, after)
    count, last = (after.count, after) if after else (0, None)
    skipped = bounds.offset if after is None else 0
    values: list[Value] = []
    for result in results:
        if skipped:
            skipped -= 1
            continue
        if bounds.limit is not None and count >= bounds.limit:
            return Page(values, None)
        if len(values) == most:
            assert last is not None  # noqa: S101 - a page holds one result at least
            return Page(values, last.text())
        values.append(result.value)
        count += 1
        last = _Place(count, result.keys, result.number)
    return Page(values, None)


def matches(query: tree.Query, item: Value) -> bool:
    """Whether an item is what a condition asks for."""
    return query.where is None or compiled(query.where, {})(item) is True


def _bad_token() -> QueryError:
    return QueryError("Invalid Continuation Token.", code="SC0000")


@dataclass(frozen=True, slots=True)
class _Bounds:
    offset: int
    limit: int | None

    @classmethod
    def of(cls, query: tree.Query, parameters: Parameters) -> _Bounds:
        top = query.top if query.top is not None else query.limit
        return cls(
            0 if query.offset is None else _bound("OFFSET", query.offset, parameters),
            None if top is None else _bound("TOP or LIMIT", top, parameters),
        )


def _bound(name: str, expression: tree.Expression, parameters: Parameters) -> int:
    found = compiled(expression, parameters)(UNDEFINED)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise QueryError(f"{name} must be a whole number of at least 0.", code="SC2060")
    return found


def _results(
    query: tree.Query,
    items: Iterable[tuple[int, Value]],
    parameters: Parameters,
    after: _Place | None,
) -> Iterator[_Result]:
    found: Iterable[_Result] = _chosen(query, items, parameters)
    for at, order in reversed([*enumerate(query.order)]):
        # Sorted by the last first; each sorting leaves equals as they were.
        found = sorted(found, key=functools.partial(_key, at), reverse=order.descending)
    if query.distinct:
        found = _distinct(found)
    if after is None:
        yield from found
        return
    behind = _comparison(query)
    end = _Result(after.keys, after.number, None)
    yield from (one for one in found if behind(one, end) > 0)


def _chosen(
    query: tree.Query, items: Iterable[tuple[int, Value]], parameters: Parameters
) -> Iterator[_Result]:
    where = None if query.where is None else compiled(query.where, parameters)
    select = None if query.select is None else compiled(query.select, parameters)
    keys = [compiled(one.by, parameters) for one in query.order]
    for number, item in items:
        if where is not None and where(item) is not True:
            continue
        value = item if select is None else select(item)
        if value is not UNDEFINED:
            yield _Result(tuple(key(item) for key in keys), number, value)


def _key(at: int, result: _Result) -> tuple[int, Value]:
    return sort_key(result.keys[at])


def _comparison(query: tree.Query) -> functools.partial[int]:
    return functools.partial(_compare, [one.descending for one in query.order])


def _compare(descending: list[bool], one: _Result, other: _Result) -> int:
    for is_down, left, right in zip(descending, one.keys, other.keys, strict=True):
        low, high = sort_key(left), sort_key(right)
        if low != high:
            order = -1 if low < high else 1
            return -order if is_down else order
    return one.number - other.number


def _distinct(results: Iterable[_Result]) -> Iterator[_Result]:
    seen: set[str] = set()
    for result in results:
        key = canonical(result.value)
        if key not in seen:
            seen.add(key)
            yield result


def _aggregated(
    query: tree.Query, items: Iterable[tuple[int, Value]], parameters: Parameters
) -> list[Value]:
    """Return the one result of a query that has aggregates; none where it is undefined."""
    assert query.select is not None  # noqa: S101 - aggregates are in there
    where = None if query.where is None else compiled(query.where, parameters)
    wanted = query.aggregates
    operands = [compiled(one.arguments[0], parameters) for one in wanted]
    rows: list[list[Value]] = [[] for _ in wanted]
    for _, item in items:
        if where is None or where(item) is True:
            for row, operand in zip(rows, operands, strict=True):
                row.append(operand(item))
    # By their words: 1 and true are one key of a dict, and two constants here.
    known = {repr(one): aggregate(one.name, row) for one, row in zip(wanted, rows, strict=True)}

    def told(one: tree.Expression) -> tree.Expression | None:
        return tree.Constant(known[repr(one)]) if repr(one) in known else None

    bounds = _Bounds.of(query, parameters)
    found = compiled(tree.rebuilt(query.select, told), parameters)(UNDEFINED)
    is_cut = bounds.offset > 0 or bounds.limit == 0
    return [] if found is UNDEFINED or is_cut else [found]
