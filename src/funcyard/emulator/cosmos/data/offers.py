"""Throughput that was provisioned: offers, as the data plane calls them.

https://learn.microsoft.com/rest/api/cosmos-db/offers
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.data import documents, errors, queries
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.cosmos.definitions import throughput
from funcyard.emulator.cosmos.refusing import DefinitionError
from funcyard.emulator.cosmos.store import rids
from funcyard.emulator.cosmos.store.records import Container, Database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.cosmos.store.records import Throughput
    from funcyard.emulator.cosmos.store.store import Store

_AMOUNT: Final = "x-ms-offer-throughput"
_AUTOSCALE: Final = "x-ms-cosmos-offer-autopilot-settings"


def wanted(call: Call) -> Throughput | None:
    """Return what a request asks to provision; None where it asks for nothing.

    Raises:
        DefinitionError: It cannot be had.
    """
    amount = call.header(_AMOUNT)
    settings = call.header(_AUTOSCALE)
    try:
        scaling = documents.values(settings) if settings else {}
        asked = int(amount) if amount else None
    except ValueError:
        raise DefinitionError("The offer is none: throughput is a whole number.") from None
    _check_scaling(scaling)
    return throughput(
        asked, scaling, offer=rids.of_offer(), is_serverless=call.account.is_serverless
    )


def listed(call: Call) -> Reply:
    """Return all offers."""
    shown = [_shown(one, own) for one, own in _all(call.store)]
    return Reply(200, {"_rid": "", "Offers": shown, "_count": len(shown)}, 2.0)


def asked(call: Call) -> Reply:
    """Answer a query over offers; none is made alone.

    Raises:
        DataError: It is no query.
    """
    if not queries.is_query(call):
        raise errors.not_allowed("POST", "offers")
    shown = [_shown(one, own) for one, own in _all(call.store)]
    return queries.of_listed(call, shown, "Offers", "")


def read(call: Call) -> Reply:
    """Return an offer.

    Raises:
        DataError: It is not there.
    """
    return Reply(200, _shown(*_found(call)))


def replaced(call: Call) -> Reply:
    """Provision another amount.

    Raises:
        DataError: The offer is not there, or that cannot be had.
    """
    one, own = _found(call)
    content = documents.read_object(call.request.body).get("content")
    if not isinstance(content, dict):
        raise errors.bad("An offer is an object with an object 'content'.")
    scaling = content.get("offerAutopilotSettings") or {}
    amount = None if scaling else content.get("offerThroughput")
    try:
        _check_scaling(scaling)
        made = throughput(
            amount, scaling, offer=own.offer, is_serverless=call.account.is_serverless
        )
    except DefinitionError as fault:
        raise errors.bad(str(fault)) from None
    if made is None or made.is_autoscale != own.is_autoscale:
        raise errors.bad("Manual throughput and autoscale are not exchanged in this way.")
    with call.store.transaction():
        if isinstance(one, Container):
            call.store.save_container(replace(one, throughput=made))
        else:
            call.store.save_database(replace(one, throughput=made))
    return Reply(200, _shown(one, made), 9.9)


def _check_scaling(scaling: object) -> None:
    policy = scaling.get("autoUpgradePolicy") if isinstance(scaling, dict) else []
    inner = policy.get("throughputPolicy") if isinstance(policy, dict) else policy
    if not isinstance(inner, dict | None):
        raise DefinitionError("The autoscale settings are no object of objects.")


def _all(store: Store) -> Iterator[tuple[Database | Container, Throughput]]:
    for database in store.databases():
        holders: list[Database | Container] = [database, *store.containers(database)]
        for one in holders:
            if one.throughput is not None:
                yield one, one.throughput


def _found(call: Call) -> tuple[Database | Container, Throughput]:
    for one, own in _all(call.store):
        if own.offer == call.names[0]:
            return one, own
    raise errors.not_found()


def _shown(one: Database | Container, own: Throughput) -> Json:
    content: Json = {"offerThroughput": own.amount, "offerIsRUPerMinuteThroughputEnabled": False}
    if own.is_autoscale:
        content["offerThroughput"] = own.amount // 10
        content["offerAutopilotSettings"] = own.scaling()
    return {
        "resource": one.link if isinstance(one, Container) else f"dbs/{one.rid}/",
        "offerType": "Invalid",
        "offerResourceId": one.rid,
        "offerVersion": "V2",
        "content": content,
        "id": own.offer,
        "_rid": own.offer,
        "_self": f"offers/{own.offer}/",
        "_etag": one.etag,
        "_ts": one.changed,
    }
