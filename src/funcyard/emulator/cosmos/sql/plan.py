"""What a client does itself with what several partitions answer: sort, count, leave out.

Cosmos DB serves simple queries over all partitions at its gateway; for others it refuses with a
plan, by which the client asks each partition a rewritten query and puts the answers together.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.compiling import compiled
from funcyard.emulator.cosmos.sql.errors import QueryError
from funcyard.emulator.cosmos.sql.spelling import expression_spelled, spelled
from funcyard.emulator.cosmos.sql.values import UNDEFINED

if TYPE_CHECKING:
    from funcyard.emulator.cosmos.sql.compiling import Parameters

_FILTER: Final = "{documentdb-formattableorderbyquery-filter}"
_NAMES: Final = {"AVG": "Average", "COUNT": "Count", "MAX": "Max", "MIN": "Min", "SUM": "Sum"}
_WHOLE: Final = {"min": "", "max": "FF", "isMinInclusive": True, "isMaxInclusive": False}


def is_needed(query: tree.Query) -> bool:
    """Whether the answers of partitions, one after another, are not the answer."""
    asks = (query.order, query.aggregates, query.distinct, query.top, query.offset)
    return any(one not in (None, (), False) for one in asks)


def plan(query: tree.Query, parameters: Parameters) -> dict[str, Any]:
    """Return the plan of a query, as clients read it.

    Raises:
        QueryError: A bound has no value.
    """
    top, offset, limit = (
        None if one is None else _bound(one, parameters)
        for one in (query.top, query.offset, query.limit)
    )
    # What comes once only is known when all came, so nothing is left out before.
    asked = replace(query, top=None, offset=None, limit=None) if query.distinct else query
    if not query.distinct and offset is not None and limit is not None:
        asked = replace(query, offset=tree.Constant(0), limit=tree.Constant(offset + limit))
    paths = [expression_spelled(one.by, query.alias) for one in query.order]
    return {
        "partitionedQueryExecutionInfoVersion": 2,
        "queryInfo": {
            "distinctType": _distinct_type(query),
            "top": top,
            "offset": offset,
            "limit": limit,
            "orderBy": ["Descending" if one.descending else "Ascending" for one in query.order],
            "orderByExpressions": paths,
            "groupByExpressions": [],
            "groupByAliases": [],
            "aggregates": [_NAMES[one.name] for one in query.aggregates],
            "groupByAliasToAggregateType": {},
            "rewrittenQuery": _rewritten(asked),
            "hasSelectValue": query.has_value,
            "dCountInfo": None,
            "hasNonStreamingOrderBy": False,
        },
        "queryRanges": [_WHOLE],
    }


def _bound(expression: tree.Expression, parameters: Parameters) -> int:
    found = compiled(expression, parameters)(UNDEFINED)
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        raise QueryError(
            "TOP, OFFSET and LIMIT must be whole numbers of at least 0.", code="SC2060"
        )
    return found


def _distinct_type(query: tree.Query) -> str:
    if not query.distinct:
        return "None"
    return "Ordered" if query.order else "Unordered"


def _rewritten(query: tree.Query) -> str:
    if query.aggregates and query.has_value and isinstance(query.select, tree.Call):
        made = tree.ArrayOf((tree.ObjectOf(("item",), (_partial(query.select),)),))
        return spelled(replace(query, select=made))
    if not query.order:
        return spelled(query)
    payload = tree.Item() if query.select is None else query.select
    items = tuple(tree.ObjectOf(("item",), (one.by,)) for one in query.order)
    columns: dict[str, tree.Expression] = {
        "_rid": tree.Member(tree.Item(), tree.Constant("_rid")),
        "orderByItems": tree.ArrayOf(items),
        "payload": payload,
    }
    if query.distinct:
        del columns["_rid"]  # by which all results would differ
    select = tree.ObjectOf(tuple(columns), tuple(columns.values()))
    return spelled(replace(query, select=select, has_value=False), where=_FILTER)


def _partial(aggregate: tree.Call) -> tree.Expression:
    """Return what one partition tells of an aggregate."""
    if aggregate.name != "AVG":
        return aggregate
    parts = tuple(tree.Call(name, aggregate.arguments) for name in ("SUM", "COUNT"))
    return tree.ObjectOf(("sum", "count"), parts)
