"""Aggregates: one value of many. What is undefined does not count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.cosmos.sql.values import UNDEFINED, Kind, Value, kind, number, sort_key

if TYPE_CHECKING:
    from collections.abc import Iterable

_WITHOUT_ORDER = (Kind.ARRAY, Kind.OBJECT)


def aggregate(name: str, values: Iterable[Value]) -> Value:
    """Return COUNT, SUM, AVG, MIN or MAX of values; undefined where there is none.

    A sum of what is not all numbers is undefined, and so is the least of what has no order.
    """
    found = [value for value in values if value is not UNDEFINED]
    if name == "COUNT":
        return len(found)
    if name in {"SUM", "AVG"}:
        if any(kind(value) is not Kind.NUMBER for value in found):
            return UNDEFINED
        if name == "SUM":
            return number(sum(map(float, found)))
        return number(sum(map(float, found)) / len(found)) if found else UNDEFINED
    if not found or any(kind(value) in _WITHOUT_ORDER for value in found):
        return UNDEFINED
    chosen: Value = min(found, key=sort_key) if name == "MIN" else max(found, key=sort_key)
    return chosen
