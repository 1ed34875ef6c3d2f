"""Schemas of DTDL, and whether a value fits one.

https://azure.github.io/opendigitaltwins-dtdl/DTDL/v2/DTDL.v2.html#schemas
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final, TypeAlias

from funcyard.emulator.digitaltwins.dtdl.names import is_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_INT32: Final = range(-(2**31), 2**31)
_INT64: Final = range(-(2**63), 2**63)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_TIME: Final = re.compile(r"\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?")
_DURATION: Final = re.compile(
    r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?"
    r"(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
)


@dataclass(frozen=True, slots=True)
class Primitive:
    """A value of its own, such as ``double``."""

    name: str


@dataclass(frozen=True, slots=True)
class EnumSchema:
    """One of some values."""

    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ObjectSchema:
    """Named fields, each of which may be left out."""

    fields: tuple[tuple[str, Schema], ...]


@dataclass(frozen=True, slots=True)
class MapSchema:
    """Any keys, and values of one schema."""

    value: Schema


@dataclass(frozen=True, slots=True)
class ArraySchema:
    """Any number of one schema."""

    element: Schema


Schema: TypeAlias = Primitive | EnumSchema | ObjectSchema | MapSchema | ArraySchema


def faults(value: object, schema: Schema, path: str) -> Iterator[str]:
    """Yield why a value does not fit, each with its path; nothing where it does."""
    match schema:
        case Primitive(name=name):
            if not PRIMITIVES[name](value):
                yield f"{path}: {_shown(value)} is no {name}"
        case EnumSchema(values=values):
            if not any(type(value) is type(one) and value == one for one in values):
                yield f"{path}: {_shown(value)} is not one of {', '.join(map(str, values))}"
        case ObjectSchema(fields=fields):
            yield from _of_object(value, dict(fields), path)
        case MapSchema(value=inner):
            yield from _of_map(value, inner, path)
        case ArraySchema(element=inner):
            if not isinstance(value, list):
                yield f"{path}: {_shown(value)} is no array"
                return
            for number, one in enumerate(value):
                yield from faults(one, inner, f"{path}[{number}]")


def holds_array(schema: Schema) -> bool:
    """Whether an array is in a schema."""
    return any(isinstance(one, ArraySchema) for one in _within(schema))


def levels(schema: Schema) -> int:
    """Return how many schemas that are no primitives lie in each other."""
    known: dict[int, int] = {}

    def of(one: Schema) -> int:
        if isinstance(one, Primitive):
            return 0
        if id(one) not in known:
            known[id(one)] = 1 + max(map(of, _parts(one)), default=0)
        return known[id(one)]

    return of(schema)


def _within(schema: Schema) -> Iterator[Schema]:
    """Yield a schema and all that is in it, what is shared only once."""
    seen: set[int] = set()
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting.extend(_parts(one))


def _parts(schema: Schema) -> list[Schema]:
    match schema:
        case ArraySchema(element=inner) | MapSchema(value=inner):
            return [inner]
        case ObjectSchema(fields=fields):
            return [one for _, one in fields]
        case _:
            return []


def _of_object(value: object, known: dict[str, Schema], path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {_shown(value)} is no object"
        return
    for name, inner in value.items():
        if name in known:
            yield from faults(inner, known[name], f"{path}.{name}")
        else:
            yield f"{path}.{name}: there is no such field"


def _of_map(value: object, inner: Schema, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: {_shown(value)} is no map"
        return
    for key, one in value.items():
        if not is_name(key):
            yield f"{path}: '{key}' cannot be a key"
        yield from faults(one, inner, f"{path}.{key}")


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: object, allowed: range) -> bool:
    if not _is_number(value):
        return False
    assert isinstance(value, int | float)  # noqa: S101 - a number
    return value == int(value) and int(value) in allowed


def _read_by(text: object, pattern: re.Pattern[str] | None, read: Callable[[str], object]) -> bool:
    if not isinstance(text, str) or (pattern is not None and not pattern.fullmatch(text)):
        return False
    try:
        read(text)
    except ValueError:
        return False
    return True


PRIMITIVES: Final[dict[str, Callable[[object], bool]]] = {
    "boolean": lambda value: isinstance(value, bool),
    "date": lambda value: _read_by(value, _DATE, date.fromisoformat),
    "dateTime": lambda value: (
        isinstance(value, str) and "T" in value and _read_by(value, None, datetime.fromisoformat)
    ),
    "double": _is_number,
    "duration": lambda value: isinstance(value, str) and bool(_DURATION.fullmatch(value)),
    "float": _is_number,
    "integer": lambda value: _is_whole(value, _INT32),
    "long": lambda value: _is_whole(value, _INT64),
    "string": lambda value: isinstance(value, str),
    "time": lambda value: _read_by(value, _TIME, time.fromisoformat),
}
"""Whether a value is one, by the name of the primitive schema."""
