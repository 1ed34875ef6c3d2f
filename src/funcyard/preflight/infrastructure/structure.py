"""The template functions that take lists and objects apart and put them together.

They leave what those hold as it is: known or not, each with its place. ``LookupError`` or
``TypeError`` means that the result cannot be told.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.value import Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Callable

    Data = str | int | float | bool | Unknown | tuple[Value, ...] | dict[str, Value] | None


def _items(value: Value) -> tuple[Value, ...]:
    if not isinstance(value.data, tuple):
        raise TypeError("no list")
    return value.data


def _held(value: Value) -> str | tuple[Value, ...] | dict[str, Value]:
    if not isinstance(value.data, str | tuple | dict):
        raise TypeError("neither text nor list nor object")
    return value.data


def _one(value: Value, position: int) -> Data:
    held = _held(value)
    if isinstance(held, dict):
        raise TypeError("no list")
    found = held[position]
    return found.data if isinstance(found, Value) else found


def _count(value: Value) -> int:
    if isinstance(value.data, bool) or not isinstance(value.data, int):
        raise TypeError("no number")
    return max(value.data, 0)


def _part(value: Value, begin: int | None, end: int | None) -> Data:
    held = _held(value)
    if isinstance(held, dict):
        raise TypeError("no list")
    return held[begin:end]


def _contains(holder: Value, sought: Value) -> bool:
    held = _held(holder)
    if isinstance(held, dict):
        return sought.text.lower() in {name.lower() for name in held}
    if isinstance(held, str):
        return sought.text in held
    if not sought.known or not all(item.known for item in held):
        raise TypeError("an item is unknown")
    return any(item.data == sought.data for item in held)


def _union(*values: Value) -> Data:
    if all(isinstance(value.data, dict) for value in values):
        merged: dict[str, Value] = {}
        for value in values:
            merged |= value.data if isinstance(value.data, dict) else {}
        return merged
    found: list[Value] = []
    for value in values:
        texts = {item.text for item in found}
        found += [item for item in _items(value) if item.text not in texts]
    return tuple(found)


def _object(*values: Value) -> Data:
    names, held = values[::2], values[1::2]
    return {name.text: value for name, value in zip(names, held, strict=True)}


def _entries(value: Value) -> Data:
    """Return an object's entries as objects with ``key`` and ``value``, by key."""
    if not isinstance(value.data, dict):
        raise TypeError("no object")
    return tuple(
        replace(value, data={"key": replace(one, data=name), "value": one})
        for name, one in sorted(value.data.items())
    )


STRUCTURE_FUNCTIONS: dict[str, Callable[..., Data]] = {
    "array": lambda value: value.data if isinstance(value.data, tuple) else (value,),
    "contains": _contains,
    "createarray": lambda *values: values,
    "createobject": _object,
    "empty": lambda value: value.data is None or len(_held(value)) == 0,
    "first": lambda value: _one(value, 0),
    "items": _entries,
    "last": lambda value: _one(value, -1),
    "length": lambda value: len(_held(value)),
    "skip": lambda value, count: _part(value, _count(count), None),
    "take": lambda value, count: _part(value, None, _count(count)),
    "union": _union,
}
"""By name in lower case."""


def joined(values: tuple[Value, ...]) -> tuple[Value, ...]:
    """Return the items of several lists as one."""
    return tuple(item for value in values for item in _items(value))
