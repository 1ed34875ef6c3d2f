"""JSON Patch (RFC 6902) as far as twins take it: add, replace and remove.

https://learn.microsoft.com/azure/digital-twins/how-to-manage-twin#update-a-digital-twin
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.digitaltwins import errors
from funcyard.emulator.digitaltwins.bodies import METADATA, MODEL
from funcyard.emulator.digits import whole_number

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

_OPERATIONS: Final = ("add", "replace", "remove")
_OF_TIME: Final = 3


def patched(document: Json, patch: object) -> Json:
    """Return a document with a patch applied, and the document as it was.

    What it says of itself (names with ``$``) stays, but for the model and the times of sources.

    Raises:
        TwinsError: The patch is none, or does not fit the document.
    """
    if not isinstance(patch, list):
        raise errors.bad_patch("It is no list of operations.")
    result = copy.deepcopy(document)
    for number, one in enumerate(patch):
        if not isinstance(one, dict) or one.get("op") not in _OPERATIONS:
            raise errors.bad_patch(f"Operation {number} is none of {', '.join(_OPERATIONS)}.")
        path = _path_of(one.get("path"), number)
        if one["op"] != "remove" and "value" not in one:
            raise errors.bad_patch(f"Operation {number} has no value.")
        _apply(result, path, one, number)
    return result


def _path_of(given: object, number: int) -> list[str]:
    if not isinstance(given, str) or not given.startswith("/") or given == "/":
        raise errors.bad_patch(f"The path {given!r} of operation {number} is none.")
    parts = [one.replace("~1", "/").replace("~0", "~") for one in given[1:].split("/")]
    if any(one.startswith("$") for one in parts) and not _is_open(parts):
        raise errors.bad_patch(f"The path '{given}' of operation {number} cannot be changed.")
    return parts


def _is_open(parts: list[str]) -> bool:
    """Whether a path with reserved names is one of the two that may be changed."""
    if parts == [METADATA, MODEL]:
        return True
    within = parts[parts.index(METADATA) :] if METADATA in parts else []
    return len(within) == _OF_TIME and within[-1] == "sourceTime" and within[1][:1] != "$"


def _apply(document: Json, path: list[str], one: Json, number: int) -> None:
    where = "/" + "/".join(path)
    place: Any = document
    for part in path[:-1]:
        place = _step(place, part)
        if place is None:
            raise errors.bad_patch(f"There is nothing at '{where}' for operation {number}.")
    name = path[-1]
    if isinstance(place, list):
        _apply_to_list(place, name, one, number)
        return
    if not isinstance(place, dict):
        raise errors.bad_patch(f"There is nothing at '{where}' for operation {number}.")
    if one["op"] != "add" and name not in place:
        raise errors.bad_patch(f"There is no value at '{where}' to {one['op']}.")
    if one["op"] == "remove":
        del place[name]
    else:
        place[name] = copy.deepcopy(one["value"])


def _apply_to_list(place: list[Any], name: str, one: Json, number: int) -> None:
    last = len(place) if one["op"] == "add" else len(place) - 1
    if name == "-" and one["op"] == "add":
        index = last
    elif (found := whole_number(name)) is not None and found <= last:
        index = found
    else:
        raise errors.bad_patch(f"There is no item '{name}' for operation {number}.")
    if one["op"] == "add":
        place.insert(index, copy.deepcopy(one["value"]))
    elif one["op"] == "remove":
        del place[index]
    else:
        place[index] = copy.deepcopy(one["value"])


def _step(place: Any, part: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(place, dict):
        return place.get(part)
    index = whole_number(part)
    if isinstance(place, list) and index is not None and index < len(place):
        return place[index]
    return None
