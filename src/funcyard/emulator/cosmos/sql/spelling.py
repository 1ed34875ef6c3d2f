"""From the tree of a query to a text that says the same."""

from __future__ import annotations

import json
import re
from typing import Final

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.values import UNDEFINED

_WORD: Final = re.compile(r"[^\W\d]\w*")


def spelled(query: tree.Query, *, where: str | None = None) -> str:
    """Return a query as text.

    Args:
        query: The query.
        where: What is asked of items besides.
    """
    words = ["SELECT"]
    if query.distinct:
        words.append("DISTINCT")
    if query.top is not None:
        words += ["TOP", _told(query.top, query.alias)]
    words += [_selected(query), "FROM", query.alias]
    asked = [] if query.where is None else [f"({_told(query.where, query.alias)})"]
    asked += [] if where is None else [f"({where})"]
    if asked:
        words += ["WHERE", " AND ".join(asked)]
    if query.order:
        words += ["ORDER BY", ", ".join(_ordered(one, query.alias) for one in query.order)]
    if query.offset is not None and query.limit is not None:
        words += ["OFFSET", _told(query.offset, query.alias)]
        words += ["LIMIT", _told(query.limit, query.alias)]
    return " ".join(words)


def expression_spelled(expression: tree.Expression, alias: str) -> str:
    """Return an expression as text in which an item has a name."""
    return _told(expression, alias)


def _selected(query: tree.Query) -> str:
    match query.select:
        case None:
            return "*"
        case tree.ObjectOf(names, values) if not query.has_value:
            return ", ".join(
                f"{_told(value, query.alias)} AS {name}"
                for name, value in zip(names, values, strict=True)
            )
        case _:
            return f"VALUE {_told(query.select, query.alias)}"


def _ordered(one: tree.Order, alias: str) -> str:
    return f"{_told(one.by, alias)} {'DESC' if one.descending else 'ASC'}"


def _told(expression: tree.Expression, alias: str) -> str:
    match expression:
        case tree.Constant(value):
            found = "undefined" if value is UNDEFINED else json.dumps(value)
        case tree.Parameter(name):
            found = name
        case tree.Item():
            found = alias
        case tree.Member(whole, tree.Constant(str() as name)) if _WORD.fullmatch(name):
            found = f"{_told(whole, alias)}.{name}"
        case tree.Member(whole, key):
            found = f"{_told(whole, alias)}[{_told(key, alias)}]"
        case tree.Unary(sign, operand):
            found = f"({sign} {_told(operand, alias)})"
        case _:
            found = _of_several(expression, alias)
    return found


def _of_several(
    expression: tree.Logic
    | tree.Binary
    | tree.In
    | tree.Between
    | tree.Call
    | tree.ArrayOf
    | tree.ObjectOf,
    alias: str,
) -> str:
    told = [_told(one, alias) for one in tree.parts(expression)]
    match expression:
        case tree.Logic(sign, _) | tree.Binary(sign, _, _):
            return f"({f' {sign} '.join(told)})"
        case tree.In():
            return f"({told[0]} IN ({', '.join(told[1:])}))"
        case tree.Between():
            return f"({told[0]} BETWEEN {told[1]} AND {told[2]})"
        case tree.Call(name, _):
            return f"{name}({', '.join(told)})"
        case tree.ArrayOf():
            return f"[{', '.join(told)}]"
        case tree.ObjectOf(names, _):
            pairs = zip(names, told, strict=True)
            return f"{{{', '.join(f'{json.dumps(name)}: {one}' for name, one in pairs)}}}"
