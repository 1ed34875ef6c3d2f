"""Relationships between twins: a function an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from funcyard.emulator.digitaltwins import errors
from funcyard.emulator.digitaltwins.bodies import METADATA, MODEL, relationship_of
from funcyard.emulator.digitaltwins.call import check_identifier
from funcyard.emulator.digitaltwins.dtdl.interface import is_of
from funcyard.emulator.digitaltwins.graph import new_etag
from funcyard.emulator.digitaltwins.patches import patched
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.digitaltwins.call import Call
    from funcyard.emulator.digitaltwins.dtdl.interface import RelationshipType

_FIXED = ("$targetId", "$relationshipName")


async def get(call: Call) -> Answer:
    """Return a relationship."""
    return _shown(call.graph.relationship(*call.names))


async def outgoing(call: Call) -> Answer:
    """Return the relationships from a twin, of one name where that is asked for."""
    (source,) = call.names
    call.graph.twin(source)
    name = call.request.query.get("relationshipName")
    found = call.graph.store.outgoing(source)
    return call.page([one for one in found if name in (None, one["$relationshipName"])])


async def incoming(call: Call) -> Answer:
    """Return what leads to a twin, without its content."""
    (target,) = call.names
    call.graph.twin(target)
    return call.page([_link(one) for one in call.graph.store.incoming(target)])


async def put(call: Call) -> Answer:
    """Make a relationship, or replace its properties."""
    source, identifier = call.names
    check_identifier(identifier)
    given = call.object()
    twin = call.graph.twin(source)
    before = call.graph.store.relationship(source, identifier)
    call.check_new(before)
    for name, own in (("$relationshipId", identifier), ("$sourceId", source)):
        if given.get(name, own) != own:
            raise errors.invalid(f"{name} '{given[name]}' is not the '{own}' of the address.")
    for name in _FIXED:
        if not isinstance(given.get(name), str):
            raise errors.not_a_relationship(f"{name} is missing.")
        if before is not None and before[name] != given[name]:
            raise errors.TwinsError(
                400,
                "RelationshipAlreadyExists",
                f"The relationship '{identifier}' exists, and its {name} is '{before[name]}'.",
            )
    kind = _type_of(call, twin, given)
    kept = relationship_of(source, identifier, given, kind.properties)
    return _shown(_saved(call, kept))


async def patch(call: Call) -> Answer:
    """Change properties of a relationship."""
    source, identifier = call.names
    before = call.graph.relationship(source, identifier)
    call.check_match(before["$etag"])
    changed = patched(before, call.json())
    model = call.graph.twin(source)[METADATA][MODEL]
    kind = call.graph.interface(model).relationships.get(before["$relationshipName"])
    properties = {} if kind is None else kind.properties
    kept = _saved(call, relationship_of(source, identifier, changed, properties))
    return Answer(204, headers={"etag": kept["$etag"]})


async def delete(call: Call) -> Answer:
    """Delete a relationship."""
    source, identifier = call.names
    kept = call.graph.relationship(source, identifier)
    call.check_match(kept["$etag"])
    with call.graph.store.transaction():
        call.graph.store.drop_relationship(source, identifier)
    return Answer(204)


def _type_of(call: Call, twin: Json, given: Json) -> RelationshipType:
    """Return what a model says of a relationship; refuse one that it does not have."""
    graph = call.graph
    model, name, target = twin[METADATA][MODEL], given["$relationshipName"], given["$targetId"]
    kind = graph.interface(model).relationships.get(name)
    if kind is None:
        raise errors.not_a_relationship(f"The model {model} has no relationship '{name}'.")
    if target == twin["$dtId"]:
        raise errors.TwinsError(
            400, "OperationNotAllowed", "A relationship cannot connect to the same digital twin."
        )
    other = graph.store.twin(target)
    if other is None:
        raise errors.TwinsError(
            404, "TargetTwinNotFound", f"There is no digital twin '{target}' to relate to."
        )
    leads_to = other[METADATA][MODEL]
    if kind.target is not None and not is_of(leads_to, kind.target, graph.interfaces):
        raise errors.not_a_relationship(
            f"The relationship '{name}' leads to {kind.target}, and '{target}' is {leads_to}."
        )
    return kind


def _link(one: Json) -> Json:
    source, identifier = one["$sourceId"], one["$relationshipId"]
    return {
        "$relationshipId": identifier,
        "$sourceId": source,
        "$relationshipName": one["$relationshipName"],
        "$relationshipLink": f"/digitaltwins/{quote(source)}/relationships/{quote(identifier)}",
    }


def _saved(call: Call, kept: Json) -> Json:
    marked = {"$etag": new_etag(), **kept}
    with call.graph.store.transaction():
        call.graph.store.save_relationship(marked)
    return marked


def _shown(one: Json) -> Answer:
    return Answer(200, one, {"etag": one["$etag"]})
