"""The items of a container one after another: all of them, or those that changed.

https://learn.microsoft.com/rest/api/cosmos-db/list-documents
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from itertools import islice
from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.data import charges, errors, queries, ranges
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.digits import whole_number

if TYPE_CHECKING:
    from funcyard.emulator.cosmos.data.ranges import Span
    from funcyard.emulator.cosmos.store.records import Container, Item

_LATEST: Final = ("incremental feed", "incremental")


def items(call: Call) -> Reply:
    """Return items, or changes where the request asks for those.

    Raises:
        DataError: The container is not there, or the request asks for what is not known.
    """
    container = call.container()
    span = ranges.span(call, container)
    if wanted := call.header("a-im").lower():
        if wanted not in _LATEST:
            raise errors.bad("A change feed with all versions and deletions is not supported here.")
        return _changes(call, container, span)
    most = call.number(queries.MOST_ITEMS, queries.USUAL_PAGE)
    after = whole_number(call.header(queries.CONTINUATION) or "0")
    if after is None:
        raise errors.bad("Invalid Continuation Token.")
    every = call.store.items(container, span.partition, after)
    found = list(islice(filter(span.holds, every), most + 1))
    reply = _told(container, found[:most])
    more = {queries.CONTINUATION: str(found[most - 1].number)} if len(found) > most else {}
    return Reply(200, reply.body, reply.charge, {**(reply.headers or {}), **more})


def _changes(call: Call, container: Container, span: Span) -> Reply:
    """Return the items that changed behind a point, each as it is now."""
    most = call.number(queries.MOST_ITEMS, queries.USUAL_PAGE)
    since = call.header("if-none-match").strip('"')
    last = call.store.last(container)
    after = last if since == "*" else whole_number(since or "0")
    if after is None:
        raise errors.bad("The point of the change feed in If-None-Match is none.")
    start = _start(call)
    every = call.store.changes(container, span.partition, after)
    meant = (one for one in every if one.changed >= start and span.holds(one))
    shown = list(islice(meant, most))
    end = shown[-1].change if len(shown) == most else max(after, last)
    headers = {"etag": f'"{end}"'}
    if not shown:
        return Reply(304, headers=headers)
    reply = _told(container, shown)
    for body, one in zip(reply.body["Documents"], shown, strict=True):
        body["_lsn"] = one.change
    return Reply(200, reply.body, reply.charge, {**(reply.headers or {}), **headers})


def _start(call: Call) -> float:
    """Return the time of day before which no change is asked for."""
    text = call.header("if-modified-since")
    if not text:
        return 0
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError):
        raise errors.bad("The time in If-Modified-Since is none of RFC 1123.") from None


def _told(container: Container, found: list[Item]) -> Reply:
    shown = [one.shown() for one in found]
    body = {"_rid": container.rid, "Documents": shown, "_count": len(shown)}
    return Reply(200, body, charges.of_query(list(shown)), {"x-ms-item-count": str(len(shown))})
