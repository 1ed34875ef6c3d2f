"""Functions of the query language.

https://learn.microsoft.com/azure/digital-twins/reference-query-functions
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable


class Undefined(Enum):
    """That there is no value."""

    UNDEFINED = "undefined"


UNDEFINED: Final = Undefined.UNDEFINED
IS_OF_MODEL: Final = "IS_OF_MODEL"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_primitive(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _of_texts(compare: Callable[[str, str], bool]) -> Callable[..., object]:
    def applied(one: object, other: object) -> object:
        if isinstance(one, str) and isinstance(other, str):
            return compare(one, other)
        return UNDEFINED

    return applied


def _array_contains(array: object, value: object) -> object:
    return any(same(one, value) is True for one in array) if isinstance(array, list) else UNDEFINED


def same(one: object, other: object) -> bool | None:
    """Whether two values are the same; None where they are of different kinds."""
    if one is UNDEFINED or other is UNDEFINED:
        return None
    if _is_number(one) and _is_number(other):
        return one == other
    return one == other if type(one) is type(other) else None


APPLIED: Final[dict[str, Callable[..., object]]] = {
    "ARRAY_CONTAINS": _array_contains,
    "CONTAINS": _of_texts(lambda one, other: other in one),
    "ENDSWITH": _of_texts(str.endswith),
    "IS_BOOL": lambda value: isinstance(value, bool),
    "IS_DEFINED": lambda value: value is not UNDEFINED,
    "IS_NULL": lambda value: value is None,
    "IS_NUMBER": _is_number,
    "IS_OBJECT": lambda value: isinstance(value, dict),
    "IS_PRIMITIVE": _is_primitive,
    "IS_STRING": lambda value: isinstance(value, str),
    "STARTSWITH": _of_texts(str.startswith),
}
"""What each makes of its values; that of models needs a graph."""

_OF_TWO: Final = ("ARRAY_CONTAINS", "CONTAINS", "ENDSWITH", "STARTSWITH")

ARGUMENTS: Final[dict[str, tuple[int, ...]]] = {
    IS_OF_MODEL: (1, 2, 3),
    **{name: (2,) if name in _OF_TWO else (1,) for name in APPLIED},
}
"""How many values each takes."""
