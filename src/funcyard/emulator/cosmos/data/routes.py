"""What a request to a data plane names and asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.data import (
    batch,
    containers,
    databases,
    documents,
    errors,
    feeds,
    offers,
    partitions,
    queries,
    ranges,
)
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.cosmos.data.items import Condition, Items, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[Call], Reply]

_UPSERT: Final = "x-ms-documentdb-is-upsert"
_BATCH: Final = "x-ms-cosmos-is-batch-request"
_SCRIPTS: Final = (
    "x-ms-documentdb-pre-trigger-include",
    "x-ms-documentdb-post-trigger-include",
)


def answer(call: Call, path: str) -> Reply:
    """Answer a request whose sender is known.

    Args:
        call: The request.
        path: Its address, with ``{}`` for every name.

    Raises:
        DataError: It is refused.
    """
    methods = _ROUTES.get(path)
    handler = methods.get(call.request.method) if methods else None
    if handler is None:
        raise errors.not_allowed(call.request.method, path)
    for name in _SCRIPTS:
        if call.header(name):
            raise errors.bad("Triggers are not supported by the local Cosmos DB.")
    return handler(call)


def _account(call: Call) -> Reply:
    return Reply(200, call.account.shown())


def _items_asked(call: Call) -> Reply:
    """Answer a query or a batch, or make an item."""
    if queries.is_query(call) or call.says("x-ms-cosmos-is-query-plan-request"):
        return queries.of_items(call)
    items = _items(call)
    if call.says(_BATCH):
        return batch.carry_out(call, items)
    body = documents.read(call.request.body)
    with call.store.transaction():
        if call.says(_UPSERT):
            return _told(call, items.upsert(body, _condition(call)))
        return _told(call, items.create(body))


def _item_read(call: Call) -> Reply:
    return _told(call, _items(call).read(call.names[2], _condition(call)))


def _item_replaced(call: Call) -> Reply:
    items, body = _items(call), documents.read(call.request.body)
    with call.store.transaction():
        return _told(call, items.replace(call.names[2], body, _condition(call)))


def _item_patched(call: Call) -> Reply:
    items, body = _items(call), documents.read(call.request.body)
    with call.store.transaction():
        return _told(call, items.patch(call.names[2], body, _condition(call)))


def _item_deleted(call: Call) -> Reply:
    items = _items(call)
    with call.store.transaction():
        return _told(call, items.delete(call.names[2], _condition(call)))


def _items(call: Call) -> Items:
    container = call.container()
    return Items(call.store, container, partitions.needed(call.request), call.clock)


def _condition(call: Call) -> Condition:
    return Condition(call.header("if-match"), call.header("if-none-match"))


def _told(call: Call, outcome: Outcome) -> Reply:
    headers = {} if outcome.item is None else {"etag": outcome.item.etag}
    is_short = "return=minimal" in call.header("prefer").lower() and call.request.method != "GET"
    body = None if outcome.item is None or is_short else outcome.item.shown()
    return Reply(outcome.status, body, outcome.charge, headers)


_ROUTES: Final[dict[str, dict[str, Handler]]] = {
    "": {"GET": _account},
    "dbs": {"GET": databases.listed, "POST": databases.asked},
    "dbs/{}": {"GET": databases.read, "DELETE": databases.deleted},
    "dbs/{}/colls": {"GET": containers.listed, "POST": containers.asked},
    "dbs/{}/colls/{}": {
        "GET": containers.read,
        "PUT": containers.replaced,
        "DELETE": containers.deleted,
    },
    "dbs/{}/colls/{}/pkranges": {"GET": ranges.listed},
    "dbs/{}/colls/{}/docs": {"GET": feeds.items, "POST": _items_asked},
    "dbs/{}/colls/{}/docs/{}": {
        "GET": _item_read,
        "PUT": _item_replaced,
        "PATCH": _item_patched,
        "DELETE": _item_deleted,
    },
    "offers": {"GET": offers.listed, "POST": offers.asked},
    "offers/{}": {"GET": offers.read, "PUT": offers.replaced},
}
