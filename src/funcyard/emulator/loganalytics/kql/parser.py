"""A query: a table, and what is done with its rows, one step after another."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import islice
from typing import TYPE_CHECKING, Final

from funcyard.emulator.loganalytics.kql.errors import QueryError
from funcyard.emulator.loganalytics.kql.expressions import Expressions
from funcyard.emulator.loganalytics.kql.lexer import tokens_of
from funcyard.emulator.loganalytics.kql.values import order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from funcyard.emulator.loganalytics.kql.expressions import Row
    from funcyard.emulator.loganalytics.kql.values import Value

    Step = Callable[[Iterable[Row]], Iterable[Row]]

_COUNT: Final = "Count"
_DIGITS: Final = 18
"""Any number of so many digits is a ``long``."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that can be run.

    Attributes:
        table: Whose rows it begins with.
        columns: Of its result, with their types.
        steps: What is done, one after another.
    """

    table: str
    columns: Mapping[str, str]
    steps: tuple[Step, ...]

    def run(self, rows: Iterable[Row]) -> list[Row]:
        """Return what comes of rows."""
        for step in self.steps:
            rows = step(rows)
        return list(rows)


def parse(
    text: str,
    now: datetime,
    table_of: Callable[[str], tuple[str, Mapping[str, str]] | None],
) -> Query:
    """Read a query.

    Args:
        text: The query.
        now: What ``now()`` is.
        table_of: Returns a table's name and columns, None where there is none.

    Raises:
        QueryError: It is none, or not one that is run here.
    """
    reading = Expressions(tokens_of(text), now)
    named = reading.kind("name", "a table")
    found = table_of(named.text)
    if found is None:
        raise QueryError(f"the table '{named.text}' is not known here", named.position)
    name, reading.columns = found
    steps: list[Step] = []
    while reading.take("|"):
        steps.append(_step(reading))
    if reading.token.kind != "end":
        raise reading.unexpected("'|'")
    return Query(name, reading.columns, tuple(steps))


def _step(reading: Expressions) -> Step:
    word = reading.kind("name", "an operator")
    if word.text not in _OPERATORS:
        raise QueryError(f"the operator '{word.text}' is not known here", word.position)
    return _OPERATORS[word.text](reading)


def _where(reading: Expressions) -> Step:
    holds = reading.condition()
    return lambda rows: (row for row in rows if holds(row))


def _take(reading: Expressions) -> Step:
    most = _number(reading)
    return lambda rows: islice(rows, most)


def _number(reading: Expressions) -> int:
    token = reading.kind("number", "a number")
    if not token.text.isdecimal():
        raise QueryError("a whole number is expected", token.position)
    if len(token.text) > _DIGITS:
        raise QueryError(f"a number of rows has at most {_DIGITS} digits", token.position)
    return int(token.text)


def _order(reading: Expressions) -> Step:
    reading.expect("by")
    return _sorted(reading)


def _top(reading: Expressions) -> Step:
    most = _number(reading)
    reading.expect("by")
    ordered = _sorted(reading)
    return lambda rows: islice(ordered(rows), most)


def _sorted(reading: Expressions) -> Step:
    by = [_direction(reading)]
    while reading.take(","):
        by.append(_direction(reading))

    def compare(left: Row, right: Row) -> int:
        for column, sign in by:
            found = _with_nulls(left.get(column), right.get(column))
            if found:
                return found * sign
        return 0

    return lambda rows: sorted(rows, key=cmp_to_key(compare))


def _direction(reading: Expressions) -> tuple[str, int]:
    """Take a column and its direction: descending unless it says otherwise, as in Kusto."""
    column = reading.column()
    if reading.take("asc"):
        return column, 1
    reading.take("desc")
    return column, -1


def _with_nulls(left: Value, right: Value) -> int:
    """Return how two values stand, nulls below all others."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    return order(left, right) or 0


def _project(reading: Expressions) -> Step:
    chosen = _columns(reading)
    reading.columns = {name: reading.columns[name] for name in chosen}
    return lambda rows: ({name: row.get(name) for name in chosen} for row in rows)


def _distinct(reading: Expressions) -> Step:
    chosen = _columns(reading)
    reading.columns = {name: reading.columns[name] for name in chosen}

    def unlike(rows: Iterable[Row]) -> Iterable[Row]:
        seen = dict.fromkeys(tuple(row.get(name) for name in chosen) for row in rows)
        return (dict(zip(chosen, values, strict=True)) for values in seen)

    return unlike


def _columns(reading: Expressions) -> list[str]:
    chosen = [reading.column()]
    while reading.take(","):
        chosen.append(reading.column())
    return chosen


def _count(reading: Expressions) -> Step:
    reading.columns = {_COUNT: "long"}
    return lambda rows: iter([{_COUNT: float(sum(1 for _ in rows))}])


def _summarize(reading: Expressions) -> Step:
    """Take ``summarize [NAME =] count() [by COLUMN, …]``."""
    name = "count_"
    token = reading.kind("name", "count()")
    if reading.take("="):
        name, token = token.text, reading.kind("name", "count()")
    if token.text != "count":
        raise QueryError(f"the aggregate '{token.text}' is not known here", token.position)
    reading.expect("(")
    reading.expect(")")
    by = _columns(reading) if reading.take("by") else []
    reading.columns = {**{one: reading.columns[one] for one in by}, name: "long"}

    def counted(rows: Iterable[Row]) -> Iterable[Row]:
        found = Counter(tuple(row.get(one) for one in by) for row in rows)
        if not by:
            return iter([{name: float(found[()])}])
        return (
            {**dict(zip(by, values, strict=True)), name: float(count)}
            for values, count in found.items()
        )

    return counted


_OPERATORS: Final[Mapping[str, Callable[[Expressions], Step]]] = {
    "where": _where,
    "filter": _where,
    "take": _take,
    "limit": _take,
    "order": _order,
    "sort": _order,
    "top": _top,
    "project": _project,
    "distinct": _distinct,
    "count": _count,
    "summarize": _summarize,
}
