"""Models of a graph: a function an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.digitaltwins import errors
from funcyard.emulator.digitaltwins.dtdl import linking
from funcyard.emulator.digitaltwins.dtdl.elements import ElementError
from funcyard.emulator.digitaltwins.dtdl.reading import interface_of
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.digitaltwins.call import Call
    from funcyard.emulator.digitaltwins.dtdl.interface import Interface

_MOST_AT_ONCE: Final = 250


async def add(call: Call) -> Answer:
    """Make models, all or none."""
    given = call.json()
    if not isinstance(given, list) or not given:
        raise errors.invalid("The body is no list of models.")
    if len(given) > _MOST_AT_ONCE:
        raise errors.TwinsError(
            400, "LimitExceeded", f"More than {_MOST_AT_ONCE} models cannot be made at once."
        )
    graph, added, found = call.graph, _read(given), []
    for identifier in added:
        if identifier in graph.interfaces:
            raise errors.TwinsError(
                409, "ModelAlreadyExists", f"Model with same ID already exists {identifier}."
            )
    known = {**graph.interfaces, **{key: one for key, (one, _) in added.items()}}
    found = list(linking.faults([one for one, _ in added.values()], known))
    if found:
        raise errors.bad_model(found)
    with graph.store.transaction():
        for identifier, (_, record) in added.items():
            record["uploadTime"] = graph.now().replace("Z", "+00:00")
            graph.store.save_model(identifier, record)
    graph.interfaces = known
    shown = [_shown(key, record, whole=False) for key, (_, record) in added.items()]
    return Answer(201, shown)


async def get(call: Call) -> Answer:
    """Return a model."""
    (identifier,) = call.names
    whole = _flag(call, "includeModelDefinition")
    return Answer(200, _shown(identifier, _model(call, identifier), whole=whole))


async def listed(call: Call) -> Answer:
    """Return all models, or some and those without which they mean nothing."""
    whole = _flag(call, "includeModelDefinition")
    kept = call.graph.store.models()
    wanted = [one for one in call.request.query.get("dependenciesFor", "").split(",") if one]
    if wanted:
        needed = _needed(call, wanted)
        kept = {key: one for key, one in kept.items() if key in needed}
    return call.page([_shown(key, one, whole=whole) for key, one in kept.items()])


async def patch(call: Call) -> Answer:
    """Decommission a model, or take that back."""
    (identifier,) = call.names
    record = _model(call, identifier)
    given = call.json()
    is_one = isinstance(given, list) and len(given) == 1 and isinstance(given[0], dict)
    value = given[0].get("value") if is_one else None
    if (
        not is_one
        or given[0].get("op") != "replace"
        or given[0].get("path") != "/decommissioned"
        or not isinstance(value, bool)
    ):
        raise errors.bad_patch("It replaces '/decommissioned' by true or false, and nothing else.")
    with call.graph.store.transaction():
        call.graph.store.save_model(identifier, {**record, "decommissioned": value})
    return Answer(204)


async def delete(call: Call) -> Answer:
    """Delete a model that no other one needs; twins of it stay."""
    (identifier,) = call.names
    _model(call, identifier)
    graph = call.graph
    users = [key for key, one in graph.interfaces.items() if identifier in one.dependencies]
    if users:
        raise errors.TwinsError(
            409,
            "ModelReferencesNotDeleted",
            f"The model {identifier} is referred to by models that are not deleted:"
            f" {', '.join(users)}.",
        )
    with graph.store.transaction():
        graph.store.drop_model(identifier)
    graph.interfaces = {key: one for key, one in graph.interfaces.items() if key != identifier}
    return Answer(204)


def _read(given: list[object]) -> dict[str, tuple[Interface, Json]]:
    added: dict[str, tuple[Interface, Json]] = {}
    found = []
    for one in given:
        try:
            interface, root = interface_of(one)
        except ElementError as fault:
            found.append(str(fault))
            continue
        if interface.id in added:
            found.append(f"{interface.id}: is there twice")
        words = {name: root.texts(name) for name in ("description", "displayName")}
        added[interface.id] = (interface, {**words, "decommissioned": False, "model": root.body})
    if found:
        raise errors.bad_model(found)
    return added


def _needed(call: Call, wanted: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        one = waiting.pop()
        if one not in found:
            _model(call, one)
            found.add(one)
            waiting.extend(call.graph.interfaces[one].dependencies)
    return found


def _model(call: Call, identifier: str) -> Json:
    kept = call.graph.store.model(identifier)
    if kept is None:
        raise errors.model_not_found(identifier)
    return kept


def _shown(identifier: str, record: Json, *, whole: bool) -> Json:
    told = {name: value for name, value in record.items() if name != "model"}
    told = {"id": identifier, **told}
    return {**told, "model": record["model"]} if whole else told


def _flag(call: Call, name: str) -> bool:
    given = call.request.query.get(name, "false").lower()
    if given not in {"true", "false"}:
        raise errors.invalid(f"{name} is neither true nor false.")
    return given == "true"
