"""Twins and relationships held against their models, and how they are kept.

A twin's metadata say when each of its properties last changed.
https://learn.microsoft.com/azure/digital-twins/concepts-twins-graph
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.digitaltwins import errors
from funcyard.emulator.digitaltwins.dtdl.schemas import PRIMITIVES, faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.digitaltwins.dtdl.interface import Interface
    from funcyard.emulator.digitaltwins.dtdl.schemas import Schema
    from funcyard.emulator.digitaltwins.graph import Graph

METADATA: Final = "$metadata"
MODEL: Final = "$model"
_UPDATED: Final = "$lastUpdateTime"
_OF_TWIN: Final = ("$dtId", "$etag", METADATA)
_OF_RELATIONSHIP: Final = (
    "$relationshipId",
    "$sourceId",
    "$targetId",
    "$relationshipName",
    "$etag",
    "$relationshipLink",
)
_LARGEST: Final = 32 * 1024


def twin_of(graph: Graph, identifier: str, given: Json, before: Json | None) -> Json:
    """Return a twin as it is kept, without its etag.

    Args:
        graph: Where its model is.
        identifier: Its own.
        given: As it shall be.
        before: The one whose times its unchanged properties keep; None where all are new.

    Raises:
        TwinsError: It does not fit its model.
    """
    if given.get("$dtId", identifier) != identifier:
        raise errors.invalid(f"$dtId '{given['$dtId']}' is not the id '{identifier}' of the twin.")
    interface = _model_of(graph, given)
    found = [
        *_unknown(given, _OF_TWIN, interface),
        *_of_properties(given, interface, ""),
        *_of_metadata(given[METADATA], interface, METADATA, (MODEL,)),
    ]
    for name, model in interface.components.items():
        found += _of_component(graph, given.get(name), model, name)
    if found:
        raise errors.bad_twin(found)
    now, was = graph.now(), before or {}
    told, times = _kept(given, interface, was, now)
    twin = {"$dtId": identifier, **told}
    for name, model in interface.components.items():
        before_part = was.get(name)
        had = before_part if isinstance(before_part, dict) else {}  # another model's property
        part, part_times = _kept(given[name], graph.interface(model), had, now)
        latest = _latest(had, part_times, now)
        twin[name] = {**part, METADATA: {_UPDATED: latest, **part_times}}
    model = given[METADATA][MODEL]
    twin[METADATA] = {MODEL: model, _UPDATED: now, **times}
    if len(json.dumps(twin, ensure_ascii=False).encode()) > _LARGEST:
        raise errors.bad_twin([f"the twin is larger than {_LARGEST} bytes"])
    return twin


def relationship_of(
    source: str, identifier: str, given: Json, properties: Mapping[str, Schema]
) -> Json:
    """Return a relationship as it is kept, without its etag.

    Raises:
        TwinsError: It does not fit.
    """
    found = [
        f"{name}: there is no such property"
        for name in given
        if name not in properties and name not in _OF_RELATIONSHIP
    ]
    for name, schema in properties.items():
        if name in given:
            found += faults(given[name], schema, name)
    if found:
        raise errors.bad_relationship(found)
    return {
        "$relationshipId": identifier,
        "$sourceId": source,
        "$targetId": given["$targetId"],
        "$relationshipName": given["$relationshipName"],
        **{name: given[name] for name in properties if name in given},
    }


def _model_of(graph: Graph, given: Json) -> Interface:
    metadata = given.get(METADATA)
    model = metadata.get(MODEL) if isinstance(metadata, dict) else None
    if not isinstance(model, str):
        raise errors.bad_twin([f"{METADATA}.{MODEL}: the model of the twin is missing"])
    return graph.interface(model)


def _unknown(given: Json, known: tuple[str, ...], interface: Interface) -> Iterator[str]:
    for name in given:
        if name in known or name in interface.properties or name in interface.components:
            continue
        if name in interface.telemetry:
            yield f"{name}: is telemetry, which is sent and not kept"
        else:
            yield f"{name}: {interface.id} has no such property"


def _of_properties(given: Json, interface: Interface, path: str) -> Iterator[str]:
    for name, schema in interface.properties.items():
        if name in given:
            yield from faults(given[name], schema, f"{path}{name}")


def _of_metadata(
    given: object, interface: Interface, path: str, more: tuple[str, ...] = ()
) -> Iterator[str]:
    """Yield what is wrong with metadata: they may say when a source told a property."""
    if not isinstance(given, dict):
        yield f"{path}: is no object"
        return
    for name, value in given.items():
        if name in more or name == _UPDATED:
            continue
        if name not in interface.properties or not isinstance(value, dict):
            yield f"{path}.{name}: says nothing of a property"
        elif "sourceTime" in value and not PRIMITIVES["dateTime"](value["sourceTime"]):
            yield f"{path}.{name}.sourceTime: is no time"


def _of_component(graph: Graph, given: object, model: str, name: str) -> Iterator[str]:
    if not isinstance(given, dict) or METADATA not in given:
        yield f"{name}: the component is missing, an object with {METADATA} at least"
        return
    interface = graph.interface(model)
    for fault in _unknown(given, (METADATA,), interface):
        yield f"{name}.{fault}"
    yield from _of_properties(given, interface, f"{name}.")
    yield from _of_metadata(given[METADATA], interface, f"{name}.{METADATA}")


def _kept(given: Json, interface: Interface, before: Json, now: str) -> tuple[Json, Json]:
    """Return properties, and when each last changed."""
    told = {name: given[name] for name in interface.properties if name in given}
    had: Mapping[str, Any] = before.get(METADATA) or {}
    asked: Mapping[str, Any] = given.get(METADATA) or {}
    times: Json = {}
    for name, value in told.items():
        is_same = name in before and before[name] == value and name in had
        time = had[name]["lastUpdateTime"] if is_same else now
        times[name] = {"lastUpdateTime": time}
        source = (asked.get(name) or {}).get("sourceTime")
        if source is not None:
            times[name] = {"sourceTime": source, "lastUpdateTime": time}
    return told, times


def _latest(before: Json, times: Json, now: str) -> str:
    """Return when a component last changed."""
    had = before.get(METADATA) or {}
    names = set(had) - {_UPDATED}
    is_same = bool(had) and names == set(times) and all(had[one] == times[one] for one in times)
    return str(had[_UPDATED]) if is_same else now
