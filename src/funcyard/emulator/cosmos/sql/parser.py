"""From the tokens of a query to its tree.

::

    SELECT [DISTINCT] [TOP n] (* | VALUE e | e [AS name], …)
    FROM name [[AS] name] [WHERE e] [ORDER BY e [ASC | DESC], …] [OFFSET n LIMIT n]
"""

from __future__ import annotations

from typing import Final

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.errors import QueryError, syntax, unknown
from funcyard.emulator.cosmos.sql.expressions import Expressions, Reader
from funcyard.emulator.cosmos.sql.lexer import tokens

LONGEST: Final = 512 * 1024
"""Of a query's text, in characters."""
_RESERVED: Final = ("WHERE", "ORDER", "OFFSET", "GROUP", "JOIN", "LIMIT", "FROM", "AS")


def parse(text: str) -> tree.Query:
    """Return what a query says.

    Raises:
        QueryError: It is none, or none that is known here.
    """
    reader = _reader(text)
    # What is selected is written before the name that it uses.
    select_at = reader.at
    alias = _alias(reader)
    after = reader.at
    reader.at = select_at
    query = _selected(reader, Expressions(reader, alias), alias)
    reader.at = after
    return _rest(reader, query)


def parse_condition(text: str) -> tree.Query:
    """Return the condition of a patch: ``FROM name WHERE e``.

    Raises:
        QueryError: It is none, or none that is known here.
    """
    reader = _reader(text)
    if not reader.next.is_word("FROM"):
        raise syntax(reader.next.text, reader.next.start)
    alias = _alias(reader)
    return _rest(reader, tree.Query(alias, None))


def _reader(text: str) -> Reader:
    if len(text) > LONGEST:
        message = f"The SQL query text exceeded the maximum limit of {LONGEST} characters."
        raise QueryError(message, 0, len(text), "SC3022")
    return Reader(tokens(text))


def _alias(reader: Reader) -> str:
    """Pass over everything up to the name of an item, and return that."""
    depth = 0
    while depth or not reader.next.is_word("FROM"):
        token = reader.take()
        if token.kind == "end":
            raise unknown("A query without FROM")
        depth += token.is_symbol("(", "[", "{") - token.is_symbol(")", "]", "}")
    reader.take()
    name = reader.name()
    if reader.next.is_symbol(".", "[") or reader.next.is_word("IN"):
        raise unknown("FROM of a part of items", reader.next.start)
    if reader.next.is_word("AS"):
        reader.take()
        name = reader.name()
    elif reader.next.kind == "word" and not reader.next.is_word(*_RESERVED):
        name = reader.name()
    return name


def _selected(reader: Reader, expressions: Expressions, alias: str) -> tree.Query:
    reader.expect_word("SELECT")
    distinct = reader.skip_word("DISTINCT")
    top = expressions.bound() if reader.skip_word("TOP") else None
    select: tree.Expression | None = None
    has_value = False
    if reader.next.is_symbol("*"):
        reader.take()
    elif reader.next.is_word("VALUE") and reader.next.text != alias:
        reader.take()
        has_value, select = True, expressions.any()
    else:
        select = _columns(reader, expressions)
    reader.expect_word("FROM")
    return tree.Query(alias, select, has_value, distinct, top)


def _columns(reader: Reader, expressions: Expressions) -> tree.ObjectOf:
    columns: dict[str, tree.Expression] = {}
    unnamed = 0
    while True:
        start = reader.next.start
        value = expressions.any()
        name: str | None = None
        if reader.skip_word("AS") or (
            reader.next.kind == "word" and not reader.next.is_word("FROM")
        ):
            name = reader.name()
        else:
            name = _own_name(value, expressions.alias)
        if name is None:
            unnamed += 1
            name = f"${unnamed}"
        if name in columns:
            message = f"The property name '{name}' is duplicated; give the column another by AS."
            raise QueryError(message, start, reader.next.start, "SC2005")
        columns[name] = value
        if not reader.skip_symbol(","):
            return tree.ObjectOf(tuple(columns), tuple(columns.values()))


def _own_name(value: tree.Expression, alias: str) -> str | None:
    """Return the name that a column has without AS."""
    if isinstance(value, tree.Item):
        return alias
    if isinstance(value, tree.Member) and isinstance(value.key, tree.Constant):
        key = value.key.value
        return key if isinstance(key, str) else None
    return None


def _rest(reader: Reader, query: tree.Query) -> tree.Query:
    expressions = Expressions(reader, query.alias)
    for word in ("JOIN", "GROUP"):
        if reader.next.is_word(word):
            raise unknown(word, reader.next.start)
    where = expressions.any() if reader.skip_word("WHERE") else None
    if where is not None and any(tree.aggregates_of(where)):
        raise QueryError("Cannot perform an aggregate function in a WHERE clause.", code="SC2102")
    if reader.next.is_word("GROUP"):
        raise unknown("GROUP", reader.next.start)
    order = _order(reader, expressions)
    offset = limit = None
    if reader.skip_word("OFFSET"):
        offset = expressions.bound()
        reader.expect_word("LIMIT")
        limit = expressions.bound()
    if reader.next.kind != "end":
        raise syntax(reader.next.text, reader.next.start)
    found = tree.Query(
        query.alias,
        query.select,
        query.has_value,
        query.distinct,
        query.top,
        where,
        order,
        offset,
        limit,
    )
    _check(found)
    return found


def _order(reader: Reader, expressions: Expressions) -> tuple[tree.Order, ...]:
    if not reader.skip_word("ORDER"):
        return ()
    reader.expect_word("BY")
    found: list[tree.Order] = []
    while True:
        start = reader.next.start
        by = expressions.any()
        if not isinstance(by, tree.Member):
            message = "Unsupported ORDER BY clause. ORDER BY item expression must be a path."
            raise QueryError(message, start, reader.next.start, "SC2104")
        descending = reader.skip_word("DESC")
        if not descending:
            reader.skip_word("ASC")
        found.append(tree.Order(by, descending))
        if not reader.skip_symbol(","):
            return tuple(found)


def _check(query: tree.Query) -> None:
    if query.top is not None and query.limit is not None:
        raise QueryError("TOP and OFFSET LIMIT cannot be in one query.", code="SC2120")
    if not query.aggregates or query.select is None:
        return
    if query.order or query.distinct:
        raise unknown("ORDER BY or DISTINCT with an aggregate")

    def constant(one: tree.Expression) -> tree.Expression | None:
        is_aggregate = isinstance(one, tree.Call) and one.name in tree.AGGREGATES
        return tree.Constant(None) if is_aggregate else None

    if any(isinstance(one, tree.Item) for one in tree.walk(tree.rebuilt(query.select, constant))):
        message = f"'{query.alias}' is invalid in the select list: it is in no aggregate function."
        raise QueryError(message, code="SC2103")
    for one in query.aggregates:
        if any(list(tree.aggregates_of(argument)) for argument in one.arguments):
            raise unknown("An aggregate of an aggregate")
