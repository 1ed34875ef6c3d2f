"""Changes of parts of an item.

https://learn.microsoft.com/azure/cosmos-db/partial-document-update
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.cosmos.data import errors
from funcyard.emulator.cosmos.sql.errors import QueryError, unknown
from funcyard.emulator.cosmos.sql.parser import parse_condition
from funcyard.emulator.cosmos.sql.running import matches
from funcyard.emulator.cosmos.sql.values import UNDEFINED, Kind, kind, number
from funcyard.emulator.digits import whole_number

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.cosmos.store.records import Item

_MOST: Final = 10
_WITH_VALUE: Final = frozenset({"add", "set", "replace", "incr"})
_FIXED: Final = frozenset({"id", "_rid", "_self", "_etag", "_attachments", "_ts"})


def patched(item: Item, given: object, partition_path: tuple[str, ...]) -> Json:
    """Return what an item becomes.

    Args:
        item: As it is.
        given: The body of the request: operations, and perhaps a condition.
        partition_path: What cannot be changed, besides what the service adds.

    Raises:
        DataError: The condition is not met, or an operation cannot be carried out.
    """
    operations = given.get("operations") if isinstance(given, dict) else given
    if not isinstance(operations, list) or not operations:
        raise errors.bad("A patch holds a list 'operations'.")
    if len(operations) > _MOST:
        raise errors.bad(f"A patch has at most {_MOST} operations.")
    if isinstance(given, dict) and given.get("condition") is not None:
        _check_condition(given["condition"], item)
    body = copy.deepcopy(item.body)
    for one in operations:
        _carry_out(body, one, partition_path)
    return body


def _check_condition(text: object, item: Item) -> None:
    if not isinstance(text, str):
        raise errors.bad("The condition of a patch is a text: FROM c WHERE …")
    try:
        is_met = matches(parse_condition(text), item.shown())
    except QueryError as fault:
        raise errors.bad_query(fault) from None
    except RecursionError:
        raise errors.bad_query(unknown("A condition nested that deep")) from None
    if not is_met:
        raise errors.precondition_failed()


def _carry_out(body: Json, one: Any, partition_path: tuple[str, ...]) -> None:  # noqa: ANN401 - JSON
    name = str(one.get("op", "")).lower() if isinstance(one, dict) else ""
    if name not in {*_WITH_VALUE, "remove", "move"}:
        raise errors.bad(f"The patch operation {name!r} is not supported.")
    if name in _WITH_VALUE and "value" not in one:
        raise errors.bad(f"The patch operation {name!r} needs a value.")
    path = _path(one.get("path"), partition_path)
    if name == "move":
        start = _path(one.get("from"), partition_path)
        if path[: len(start)] == start:
            raise errors.bad("A member cannot be moved into itself.")
        value = _taken(body, start)
        _put(body, path, value, "add")
    elif name == "remove":
        _taken(body, path)
    elif name == "incr":
        _increment(body, path, one["value"])
    else:
        _put(body, path, one["value"], name)


def _path(text: object, partition_path: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(text, str) or not text.startswith("/") or text == "/":
        raise errors.bad(f"The patch path {text!r} is none: it begins with /.")
    found = tuple(part.replace("~1", "/").replace("~0", "~") for part in text[1:].split("/"))
    is_key = found == partition_path[: len(found)]
    if (len(found) == 1 and found[0] in _FIXED) or is_key:
        raise errors.bad(f"The patch path {text!r} is of what cannot be changed.")
    return found


def _place(body: Json, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - an object or an array
    """Return what the last part of a path is a name in."""
    found: Any = body
    for part in path[:-1]:
        if isinstance(found, dict):
            found = found.get(part)
        elif isinstance(found, list) and (at := whole_number(part)) is not None and at < len(found):
            found = found[at]
        else:
            found = None
    if not isinstance(found, dict | list):
        raise errors.bad(f"The patch path '/{'/'.join(path)}' leads through what is not there.")
    return found


def _index(place: list[Any], part: str, path: tuple[str, ...], *, may_append: bool) -> int:
    if may_append and part == "-":
        return len(place)
    last = len(place) if may_append else len(place) - 1
    found = whole_number(part)
    if found is None or found > last:
        raise errors.bad(f"The patch path '/{'/'.join(path)}' has an index that is out of range.")
    return found


def _put(body: Json, path: tuple[str, ...], value: object, name: str) -> None:
    place, part = _place(body, path), path[-1]
    value = copy.deepcopy(value)
    if isinstance(place, dict):
        if name == "replace" and part not in place:
            raise errors.bad(f"The patch path '/{'/'.join(path)}' is not there to be replaced.")
        place[part] = value
    elif name == "add":
        place.insert(_index(place, part, path, may_append=True), value)
    else:
        at = _index(place, part, path, may_append=name == "set")
        place[at : at + 1] = [value]


def _taken(body: Json, path: tuple[str, ...]) -> object:
    place, part = _place(body, path), path[-1]
    if isinstance(place, list):
        return place.pop(_index(place, part, path, may_append=False))
    if part not in place:
        raise errors.bad(f"The patch path '/{'/'.join(path)}' is not there.")
    return place.pop(part)


def _increment(body: Json, path: tuple[str, ...], value: object) -> None:
    place, part = _place(body, path), path[-1]
    if isinstance(place, list):
        part_at: Any = _index(place, part, path, may_append=False)
        before = place[part_at]
    else:
        part_at, before = part, place.get(part, 0)
    if kind(before) is not Kind.NUMBER or kind(value) is not Kind.NUMBER:
        raise errors.bad(
            f"The patch path '/{'/'.join(path)}' is of no number, or the value is none."
        )
    result = number(float(before) + float(value))  # type: ignore[arg-type]  # both are numbers
    if result is UNDEFINED:
        raise errors.bad(f"The number at '/{'/'.join(path)}' becomes too large.")
    place[part_at] = result
