"""What a person may leave out of the spec: short forms become the full mapping before validation.

Works on plain data (mappings, sequences, scalars), before any model exists, and leaves alone what
it does not understand: the models name the fault then. ``triggers: [http, queue]`` becomes two
triggers with names and a queue, apps without a port are given the next one from 7071, and
``queues: [tasks]`` becomes an item of that name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeGuard

from funcyard.project.names import identifier, is_usable_function_name
from funcyard.project.ports import next_port

if TYPE_CHECKING:
    from collections.abc import Iterable

TRIGGER_TYPES = ("http", "timer", "queue", "blob")
_STORAGE_KINDS = ("blob_containers", "queues", "tables")


def expand_spec(data: object) -> object:
    """Return the data of a whole spec with every short form written out."""
    if not isinstance(data, Mapping):
        return data
    full = {key: value for key, value in data.items() if value is not None or key == "runtime"}
    if _is_list(apps := full.get("function_apps")):
        full["function_apps"] = _expand_apps(apps)
    storage = full.get("storage")
    if isinstance(storage, Mapping):
        full["storage"] = {
            key: _expand_items(items) if key in _STORAGE_KINDS and _is_list(items) else items
            for key, items in storage.items()
            if items is not None
        }
    return full


def expand_app(data: object, *, taken_queues: Iterable[str] = ()) -> object:
    """Return the data of one app with its triggers written out; its port is left as it is."""
    if not isinstance(data, Mapping):
        return data
    triggers = data.get("triggers", ["http"])
    if not _is_list(triggers):
        return data
    full = dict(data)
    name = str(data.get("name"))
    names: set[str] = {str(stated) for item in triggers if (stated := _get(item, "name"))}
    queues = set(taken_queues)
    full["triggers"] = [_expand_trigger(item, name, names, queues) for item in triggers]
    return full


def _expand_apps(apps: Sequence[object]) -> list[object]:
    taken = [port for app in apps if isinstance(port := _get(app, "port"), int)]
    queues: set[str] = set()
    expanded: list[object] = []
    for item in apps:
        app: object = {"name": item} if isinstance(item, str) else item
        if isinstance(app, Mapping):
            full = dict(app)
            if full.get("port") is None:
                full["port"] = next_port(taken, apps=len(apps))
                taken.append(full["port"])
            app = expand_app(full, taken_queues=queues)
        triggers = _get(app, "triggers")
        for trigger in triggers if _is_list(triggers) else ():
            if isinstance(queue := _get(trigger, "queue"), str):
                queues.add(queue)
        expanded.append(app)
    return expanded


def _expand_trigger(item: object, app: str, names: set[str], queues: set[str]) -> object:
    if isinstance(item, str):
        item = {"type": item}
    if not isinstance(item, Mapping) or item.get("type") not in TRIGGER_TYPES:
        return item
    kind = str(item["type"])
    full = {key: value for key, value in item.items() if value is not None}
    if "name" not in full:
        full["name"] = _function_name(kind, app, names)
        names.add(full["name"])
    if kind == "queue" and "queue" not in full:
        full["queue"] = "tasks" if "tasks" not in queues else f"{app}-tasks"
    if kind == "queue" and isinstance(full["queue"], str):
        queues.add(full["queue"])
    if kind == "blob" and "path" not in full:
        full["path"] = "uploads/{name}"
    return full


def _function_name(kind: str, app: str, taken: set[str]) -> str:
    base = identifier(app)
    first = base if kind == "http" and is_usable_function_name(base) else f"{base}_{kind}"
    name, number = first, 2
    while name in taken:
        name, number = f"{first}_{number}", number + 1
    return name


def _expand_items(items: Sequence[object]) -> list[object]:
    return [{"name": item} if isinstance(item, str) else item for item in items]


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, (list, tuple))


def _get(item: object, key: str) -> object:
    return item.get(key) if isinstance(item, Mapping) else getattr(item, key, None)
