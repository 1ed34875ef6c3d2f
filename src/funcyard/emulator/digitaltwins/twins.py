"""Twins, their components and what they tell: a function an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.digitaltwins import errors
from funcyard.emulator.digitaltwins.bodies import METADATA, MODEL, twin_of
from funcyard.emulator.digitaltwins.call import check_identifier
from funcyard.emulator.digitaltwins.dtdl.schemas import faults
from funcyard.emulator.digitaltwins.graph import new_etag
from funcyard.emulator.digitaltwins.patches import patched
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.digitaltwins.call import Call
    from funcyard.emulator.digitaltwins.dtdl.interface import Interface


async def get(call: Call) -> Answer:
    """Return a twin."""
    return _shown(call.graph.twin(call.names[0]))


async def put(call: Call) -> Answer:
    """Make a twin, or replace it."""
    (identifier,) = call.names
    check_identifier(identifier)
    given = call.object()
    graph = call.graph
    before = graph.store.twin(identifier)
    call.check_new(before)
    twin = twin_of(graph, identifier, given, None)
    model = twin[METADATA][MODEL]
    kept = graph.store.model(model)
    if kept is not None and kept["decommissioned"] and (before is None or _model(before) != model):
        raise errors.TwinsError(
            400, "ModelDecommissioned", f"The model {model} of the digital twin is decommissioned."
        )
    return _shown(_saved(call, twin))


async def patch(call: Call) -> Answer:
    """Change parts of a twin."""
    (identifier,) = call.names
    before = call.graph.twin(identifier)
    call.check_match(before["$etag"])
    changed = patched(_own(before), call.json())
    twin = _saved(call, twin_of(call.graph, identifier, _settled(changed), before))
    return Answer(204, headers={"etag": twin["$etag"]})


async def delete(call: Call) -> Answer:
    """Delete a twin that nothing leads from or to."""
    (identifier,) = call.names
    twin = call.graph.twin(identifier)
    call.check_match(twin["$etag"])
    store = call.graph.store
    if store.outgoing(identifier) or store.incoming(identifier):
        raise errors.TwinsError(
            400,
            "RelationshipsNotDeleted",
            f"The digital twin {identifier} contains relationships. All of them, incoming ones"
            " too, are deleted first.",
        )
    with store.transaction():
        store.drop_twin(identifier)
    return Answer(204)


async def get_component(call: Call) -> Answer:
    """Return a component of a twin."""
    identifier, path = call.names
    twin = call.graph.twin(identifier)
    _component(call, twin, path)
    return Answer(200, twin[path], {"etag": twin["$etag"]})


async def patch_component(call: Call) -> Answer:
    """Change parts of a component."""
    identifier, path = call.names
    before = call.graph.twin(identifier)
    _component(call, before, path)
    call.check_match(before["$etag"])
    part = patched(before[path], call.json())
    changed = _settled({**_own(before), path: part})
    twin = _saved(call, twin_of(call.graph, identifier, changed, before))
    return Answer(204, headers={"etag": twin["$etag"]})


async def tell(call: Call) -> Answer:
    """Take telemetry of a twin, which nobody hears: there are no event routes."""
    twin = call.graph.twin(call.names[0])
    return _told(call, call.graph.interface(_model(twin)))


async def tell_component(call: Call) -> Answer:
    """Take telemetry of a component, which nobody hears either."""
    identifier, path = call.names
    return _told(call, _component(call, call.graph.twin(identifier), path))


def _told(call: Call, interface: Interface) -> Answer:
    if not call.request.headers.get("message-id"):
        raise errors.invalid("The header Message-Id is missing.")
    given = call.object()
    found = [
        fault
        for name, value in given.items()
        if name in interface.telemetry
        for fault in faults(value, interface.telemetry[name], name)
    ]
    if found:
        raise errors.TwinsError(
            400, "ValidationFailed", "The telemetry content is invalid.", details=found
        )
    return Answer(204)


def _component(call: Call, twin: Json, path: str) -> Interface:
    model = call.graph.interface(_model(twin)).components.get(path)
    if model is None:
        raise errors.component_not_found(path)
    return call.graph.interface(model)


def _model(twin: Json) -> str:
    return str(twin[METADATA][MODEL])


def _own(twin: Json) -> Json:
    return {name: value for name, value in twin.items() if name != "$etag"}


def _settled(changed: Json) -> Json:
    """Return a patched twin with metadata of what it holds only."""
    parts = {
        name: _settled(value)
        for name, value in changed.items()
        if name != METADATA and isinstance(value, dict) and isinstance(value.get(METADATA), dict)
    }
    kept = {
        name: value
        for name, value in changed[METADATA].items()
        if name.startswith("$") or (name in changed and name not in parts)
    }
    return {**changed, **parts, METADATA: kept}


def _saved(call: Call, twin: Json) -> Json:
    identifier = twin.pop("$dtId")
    kept = {"$dtId": identifier, "$etag": new_etag(), **twin}
    with call.graph.store.transaction():
        call.graph.store.save_twin(kept)
    return kept


def _shown(twin: Json) -> Answer:
    return Answer(200, twin, {"etag": twin["$etag"]})
