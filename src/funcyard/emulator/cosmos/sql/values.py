"""Values of queries: those of JSON, and undefined; how they are compared and ordered.

Numbers are doubles, as in JavaScript: :func:`number` gives each one spelling, so that 1 and 1.0 are
one value. https://learn.microsoft.com/azure/cosmos-db/nosql/query/equality-comparison-operators
"""

from __future__ import annotations

import json
import math
from enum import Enum
from typing import Any, Final, TypeAlias

_SAFE: Final = 2**53


class Undefined(Enum):
    """That there is no value."""

    UNDEFINED = "undefined"


UNDEFINED: Final = Undefined.UNDEFINED
Value: TypeAlias = Any
"""A value of JSON, or undefined."""


class Kind(Enum):
    """The types of values, in the order in which they are sorted."""

    UNDEFINED = 0
    NULL = 1
    BOOLEAN = 2
    NUMBER = 3
    STRING = 4
    ARRAY = 5
    OBJECT = 6


_KINDS: Final[dict[type, Kind]] = {
    Undefined: Kind.UNDEFINED,
    type(None): Kind.NULL,
    bool: Kind.BOOLEAN,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    str: Kind.STRING,
    list: Kind.ARRAY,
    dict: Kind.OBJECT,
}
_ORDERED: Final = frozenset({Kind.NULL, Kind.BOOLEAN, Kind.NUMBER, Kind.STRING})


def kind(value: Value) -> Kind:
    """Return the type of a value."""
    return _KINDS[type(value)]


def number(value: float) -> Value:
    """Return a number as a double has it, whole ones as integers; undefined where it is none."""
    try:
        double = float(value)
    except OverflowError:
        return UNDEFINED
    if not math.isfinite(double):
        return UNDEFINED
    whole = double.is_integer() and abs(double) < _SAFE
    return int(double) if whole else double


def canonical(value: Value) -> str:
    """Return a text that two values share if they are the same."""
    if value is UNDEFINED:
        return "undefined"
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def same(one: Value, other: Value) -> Value:
    """Return whether two values are the same; undefined where their types differ."""
    of = kind(one)
    if of is not kind(other) or of is Kind.UNDEFINED:
        return UNDEFINED
    if of in _ORDERED:
        return one == other
    return canonical(one) == canonical(other)


def compare(one: Value, other: Value) -> int | Undefined:
    """Return -1, 0 or 1; undefined where two values have no order."""
    of = kind(one)
    if of is not kind(other) or of not in _ORDERED:
        return UNDEFINED
    if of is Kind.NULL:
        return 0
    return int(one > other) - int(one < other)


def sort_key(value: Value) -> tuple[int, Value]:
    """Return what orders values of all types; arrays and objects in an order of their own."""
    of = kind(value)
    if of in (Kind.UNDEFINED, Kind.NULL):
        return of.value, 0
    return of.value, value if of in _ORDERED else canonical(value)
