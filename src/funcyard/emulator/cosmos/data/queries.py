"""Queries over the items of a container, or over databases, containers and offers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.cosmos.data import charges, documents, errors, ranges
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.cosmos.sql import plan
from funcyard.emulator.cosmos.sql.errors import QueryError, unknown
from funcyard.emulator.cosmos.sql.parser import parse
from funcyard.emulator.cosmos.sql.pinning import pins
from funcyard.emulator.cosmos.sql.running import run
from funcyard.emulator.cosmos.sql.tree import names_of
from funcyard.emulator.cosmos.store.records import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.cosmos.sql.compiling import Parameters
    from funcyard.emulator.cosmos.sql.tree import Query
    from funcyard.emulator.cosmos.sql.values import Value
    from funcyard.emulator.cosmos.store.records import Container

MOST_ITEMS: Final = "x-ms-max-item-count"
CONTINUATION: Final = "x-ms-continuation"
USUAL_PAGE: Final = 100
_ACROSS: Final = "x-ms-documentdb-query-enablecrosspartition"


def is_query(call: Call) -> bool:
    """Whether a request asks, and makes nothing."""
    kind = call.header("content-type").partition(";")[0].strip().lower()
    return call.says("x-ms-documentdb-isquery") or kind == "application/query+json"


def of_items(call: Call) -> Reply:
    """Answer a query over the items of a container.

    Raises:
        DataError: It cannot be run, or not over all partitions at once.
    """
    container = call.container()
    try:
        query, parameters = _asked(call)
        if call.says("x-ms-cosmos-is-query-plan-request"):
            return Reply(200, plan.plan(query, parameters))
        _check_order(query, container)
        span = ranges.span(call, container)
        if span.partition is None and not call.header(ranges.HEADER):
            _check_across(call, query, parameters, container)
        items = call.store.items(container, span.partition, 0)
        shown = ((item.number, item.shown()) for item in items if span.holds(item))
        return _page(call, query, parameters, shown, "Documents", container.rid)
    except QueryError as fault:
        raise errors.bad_query(fault) from None
    except RecursionError:
        raise errors.bad_query(unknown("A query nested that deep")) from None


def of_listed(call: Call, shown: list[Json], name: str, owner: str) -> Reply:
    """Answer a query over what is listed besides items.

    Args:
        call: The request.
        shown: What there is.
        name: Of the list, in the answer.
        owner: Resource id of what it is a list of.

    Raises:
        DataError: It cannot be run.
    """
    try:
        query, parameters = _asked(call)
        numbered = list(enumerate(shown, start=1))
        return _page(call, query, parameters, numbered, name, owner)
    except QueryError as fault:
        raise errors.bad_query(fault) from None
    except RecursionError:
        raise errors.bad_query(unknown("A query nested that deep")) from None


def _asked(call: Call) -> tuple[Query, dict[str, Value]]:
    body = documents.read_object(call.request.body)
    text, given = body.get("query"), body.get("parameters")
    given = [] if given is None else given
    if not isinstance(text, str) or not isinstance(given, list):
        raise errors.bad("A query is an object with a text 'query' and a list 'parameters'.")
    parameters: dict[str, Value] = {}
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("name"), str):
            raise errors.bad("A parameter of a query is an object with a name and a value.")
        parameters[one["name"]] = one.get("value")
    return parse(text), parameters


def _check_across(call: Call, query: Query, parameters: Parameters, container: Container) -> None:
    """Refuse a query over all partitions that the client did not mean, or must put together."""
    if pins(query, container.partition_path):
        return
    if not call.says(_ACROSS):
        raise errors.bad(
            "Cross partition query is required but disabled. Please set"
            " x-ms-documentdb-query-enablecrosspartition to true, specify"
            " x-ms-documentdb-partitionkey, or revise your query to avoid this exception."
        )
    if plan.is_needed(query):
        raise errors.not_servable(json.dumps(plan.plan(query, parameters)))


def _check_order(query: Query, container: Container) -> None:
    """Refuse an order by several paths for which the container has no composite index."""
    if len(query.order) < 2:  # noqa: PLR2004 - one path needs no index of its own
        return
    wanted = [(names_of(one.by), one.descending) for one in query.order]
    turned = [(path, not descending) for path, descending in wanted]
    for index in container.body["indexingPolicy"].get("compositeIndexes") or ():
        found = [
            (path_of(one.get("path", "")), str(one.get("order", "")).lower() == "descending")
            for one in index
        ]
        if found[: len(wanted)] in (wanted, turned) and len(found) == len(wanted):
            return
    raise errors.bad(
        "The order by query does not have a corresponding composite index that it can be served"
        " from."
    )


def _page(
    call: Call,
    query: Query,
    parameters: Parameters,
    items: Iterable[tuple[int, Any]],
    name: str,
    owner: str,
) -> Reply:
    most = min(call.number(MOST_ITEMS, USUAL_PAGE), 1000)
    found = run(query, items, parameters, most=most, continuation=call.header(CONTINUATION) or None)
    headers = {"x-ms-item-count": str(len(found.values))}
    if call.says("x-ms-documentdb-populatequerymetrics"):
        headers["x-ms-documentdb-query-metrics"] = f"outputDocumentCount={len(found.values)}"
    if found.continuation is not None:
        headers[CONTINUATION] = found.continuation
    body = {"_rid": owner, name: found.values, "_count": len(found.values)}
    return Reply(200, body, charges.of_query(found.values), headers)
