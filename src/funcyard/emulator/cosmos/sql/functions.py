"""The functions that queries may call.

Each takes values and returns one; undefined where it means nothing of them.
https://learn.microsoft.com/azure/cosmos-db/nosql/query/system-functions
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.emulator.cosmos.sql.values import UNDEFINED, Kind, Value, kind, number, same

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Function:
    """A function.

    Attributes:
        least: How many arguments it needs.
        most: How many it takes.
        of: Returns its value.
    """

    least: int
    most: int
    of: Callable[..., Value]


def _is(*kinds: Kind) -> Function:
    return Function(1, 1, lambda value: kind(value) in kinds)


def _of_texts(test: Callable[[str, str], bool]) -> Function:
    def found(text: Value, part: Value, *options: Value) -> Value:
        ignore_case = options[0] if options else False
        if not (isinstance(text, str) and isinstance(part, str) and isinstance(ignore_case, bool)):
            return UNDEFINED
        return test(text.lower(), part.lower()) if ignore_case else test(text, part)

    return Function(2, 3, found)


def _of_text(change: Callable[[str], Value]) -> Function:
    return Function(1, 1, lambda text: change(text) if isinstance(text, str) else UNDEFINED)


def _absolute(value: Value) -> Value:
    return number(abs(value)) if kind(value) is Kind.NUMBER else UNDEFINED


def _length(value: Value) -> Value:
    return len(value) if isinstance(value, list) else UNDEFINED


def _array_contains(array: Value, wanted: Value, *options: Value) -> Value:
    partly = options[0] if options else False
    if not isinstance(array, list) or wanted is UNDEFINED or not isinstance(partly, bool):
        return UNDEFINED
    if partly and isinstance(wanted, dict):
        return any(isinstance(one, dict) and _holds(one, wanted) for one in array)
    return any(same(one, wanted) is True for one in array)


def _holds(whole: dict[str, Value], part: dict[str, Value]) -> bool:
    return all(same(whole.get(name, UNDEFINED), value) is True for name, value in part.items())


FUNCTIONS: Final = {
    "ABS": Function(1, 1, _absolute),
    "ARRAY_CONTAINS": Function(2, 3, _array_contains),
    "ARRAY_LENGTH": Function(1, 1, _length),
    "CONTAINS": _of_texts(lambda text, part: part in text),
    "ENDSWITH": _of_texts(str.endswith),
    "IS_ARRAY": _is(Kind.ARRAY),
    "IS_BOOL": _is(Kind.BOOLEAN),
    "IS_DEFINED": Function(1, 1, lambda value: value is not UNDEFINED),
    "IS_NULL": _is(Kind.NULL),
    "IS_NUMBER": _is(Kind.NUMBER),
    "IS_OBJECT": _is(Kind.OBJECT),
    "IS_PRIMITIVE": _is(Kind.NULL, Kind.BOOLEAN, Kind.NUMBER, Kind.STRING),
    "IS_STRING": _is(Kind.STRING),
    "LENGTH": _of_text(len),
    "LOWER": _of_text(str.lower),
    "STARTSWITH": _of_texts(str.startswith),
    "UPPER": _of_text(str.upper),
}
"""The functions that are known, by their names in capitals."""
