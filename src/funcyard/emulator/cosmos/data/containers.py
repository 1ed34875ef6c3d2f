"""Containers, through the data plane."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.emulator.cosmos.data import documents, errors, offers, queries
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.cosmos.data.databases import check_match, shown_of
from funcyard.emulator.cosmos.definitions import (
    check_name,
    container_body,
    default_throughput,
)
from funcyard.emulator.cosmos.refusing import DefinitionError
from funcyard.emulator.cosmos.store import rids
from funcyard.emulator.cosmos.store.records import Container
from funcyard.emulator.cosmos.ttl import reckoned

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json


def listed(call: Call) -> Reply:
    """Return all containers of a database."""
    database = call.database()
    shown = [one.shown() for one in call.store.containers(database)]
    body = {"_rid": database.rid, "DocumentCollections": shown, "_count": len(shown)}
    return Reply(200, body, 2.0)


def asked(call: Call) -> Reply:
    """Make a container, or answer a query over all of a database.

    Raises:
        DataError: It is there, or can be none.
    """
    database = call.database()
    if queries.is_query(call):
        shown = [one.shown() for one in call.store.containers(database)]
        return queries.of_listed(call, shown, "DocumentCollections", database.rid)
    given = documents.read_object(call.request.body)
    try:
        name = check_name(given.get("id"))
        throughput = offers.wanted(call)
        body = container_body(_own(given), None)
    except DefinitionError as fault:
        raise errors.bad(str(fault)) from None
    if call.store.container(database, name) is not None:
        raise errors.conflict()
    if throughput is None and database.throughput is None and not call.account.is_serverless:
        throughput = default_throughput(rids.of_offer())
    made = Container(
        database=database,
        id=name,
        rid=rids.of_container(database.rid),
        body=body,
        etag=rids.new_etag(),
        changed=call.now,
        throughput=throughput,
    )
    with call.store.transaction():
        call.store.save_container(made)
    return shown_of(201, made)


def read(call: Call) -> Reply:
    """Return a container; with how much is in it, where that is asked for."""
    found = call.container()
    reply = shown_of(200, found)
    headers = dict(reply.headers or {})
    headers["x-ms-documentdb-collection-index-transformation-progress"] = "100"
    body = reply.body
    if call.says("x-ms-documentdb-populatepartitionstatistics"):
        body = {**body, "statistics": call.store.statistics(found)}
    if call.says("x-ms-documentdb-populatequotainfo"):
        count, size = call.store.count(found)
        headers["x-ms-resource-usage"] = f"documentsCount={count};documentsSize={size // 1024}"
        headers["x-ms-resource-quota"] = "documentsCount=-1;documentsSize=20971520"
    return Reply(200, body, reply.charge, headers)


def replaced(call: Call) -> Reply:
    """Change the policies of a container, and how long its items live.

    Raises:
        DataError: It is not there, or cannot be like that.
    """
    before = call.container()
    check_match(call, before.etag)
    given = documents.read_object(call.request.body)
    if given.get("id") != before.id:
        raise errors.bad("The id of a container cannot be changed.")
    try:
        body = container_body(_own(given), before)
    except DefinitionError as fault:
        raise errors.bad(str(fault)) from None
    made = replace(before, body=body, etag=rids.new_etag(), changed=call.now)
    with call.store.transaction():
        call.store.save_container(made)
        reckoned(call.store, before, made, call.clock)
    return shown_of(200, made)


def deleted(call: Call) -> Reply:
    """Delete a container with all that is in it."""
    found = call.container()
    check_match(call, found.etag)
    with call.store.transaction():
        call.store.drop_container(found)
    return Reply(204, charge=4.95)


def _own(given: Json) -> Json:
    """Return properties without the name and what the service adds."""
    return {
        name: value for name, value in given.items() if name != "id" and not name.startswith("_")
    }
