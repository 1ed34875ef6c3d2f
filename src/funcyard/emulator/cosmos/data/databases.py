"""Databases, through the data plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.cosmos.data import documents, errors, offers, queries
from funcyard.emulator.cosmos.data.call import Call, Reply
from funcyard.emulator.cosmos.definitions import check_name
from funcyard.emulator.cosmos.refusing import DefinitionError
from funcyard.emulator.cosmos.store import rids
from funcyard.emulator.cosmos.store.records import Database

if TYPE_CHECKING:
    from funcyard.emulator.cosmos.store.records import Container


def listed(call: Call) -> Reply:
    """Return all databases."""
    shown = [one.shown() for one in call.store.databases()]
    return Reply(200, {"_rid": "", "Databases": shown, "_count": len(shown)}, 2.0)


def asked(call: Call) -> Reply:
    """Make a database, or answer a query over all of them.

    Raises:
        DataError: It is there, or can be none.
    """
    if queries.is_query(call):
        shown = [one.shown() for one in call.store.databases()]
        return queries.of_listed(call, shown, "Databases", "")
    body = documents.read_object(call.request.body)
    try:
        name = check_name(body.get("id"))
        throughput = offers.wanted(call)
    except DefinitionError as fault:
        raise errors.bad(str(fault)) from None
    if call.store.database(name) is not None:
        raise errors.conflict()
    made = Database(
        id=name,
        rid=rids.of_database(),
        etag=rids.new_etag(),
        changed=call.now,
        throughput=throughput,
    )
    with call.store.transaction():
        call.store.save_database(made)
    return shown_of(201, made)


def read(call: Call) -> Reply:
    """Return a database."""
    return shown_of(200, call.database())


def deleted(call: Call) -> Reply:
    """Delete a database with all that is in it."""
    found = call.database()
    check_match(call, found.etag)
    with call.store.transaction():
        call.store.drop_database(found)
    return Reply(204, charge=4.95)


def check_match(call: Call, etag: str) -> None:
    """Refuse a change of what is not as the client saw it.

    Raises:
        DataError: It is not.
    """
    if call.header("if-match") not in {"", "*", etag}:
        raise errors.precondition_failed()


def shown_of(status: int, one: Database | Container) -> Reply:
    """Return a database or a container as it is answered."""
    return Reply(status, one.shown(), 1.0 if status == 200 else 4.95, {"etag": one.etag})  # noqa: PLR2004 - OK
