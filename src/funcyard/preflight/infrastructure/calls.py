"""Calls of template functions: of those that look into values, and of those on plain values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from funcyard.preflight.infrastructure.functions import PLAIN_FUNCTIONS
from funcyard.preflight.infrastructure.structure import STRUCTURE_FUNCTIONS, joined
from funcyard.preflight.infrastructure.value import Unknown, Value

if TYPE_CHECKING:
    from funcyard.preflight.infrastructure.structure import Data

LONGEST = 100_000
"""How many characters or items a value may have; a longer one is not told."""
_FAULTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def called(name: str, arguments: tuple[Value, ...], file: str, line: int) -> Value | None:
    """Return what a function yields, None where that cannot be told.

    Args:
        name: The function, in lower case.
        arguments: What it is given.
        file: The file in which the call stands.
        line: The line there.
    """
    if name in {"any", "coalesce"}:
        return _first_given(arguments)
    if (decided := _decided(name, arguments)) is not None:
        return Value(decided, file, line)
    if not all(argument.known for argument in arguments):
        return None
    try:
        return _computed(name, arguments, file, line)
    except _FAULTS:
        return None


def composed(name: str, arguments: tuple[Value, ...]) -> str | None:
    """Return a text of which parts are unknown, with those in braces; None for other functions."""
    texts = [argument.text for argument in arguments]
    if name == "concat" and any(isinstance(argument.data, str) for argument in arguments):
        return "".join(texts)
    if name == "format" and arguments and isinstance(arguments[0].data, str):
        known = dict(enumerate(texts[1:]))
        parts = re.split(r"\{(\d+)\}", arguments[0].data)
        return "".join(
            known.get(int(part), "") if position % 2 else part
            for position, part in enumerate(parts)
        )
    return None


def _computed(name: str, arguments: tuple[Value, ...], file: str, line: int) -> Value:
    if name == "concat" and arguments and isinstance(arguments[0].data, tuple):
        return Value(_within(joined(arguments)), file, line)
    if name in STRUCTURE_FUNCTIONS:
        return Value(_within(STRUCTURE_FUNCTIONS[name](*arguments)), file, line)
    plain = [_plain(argument) for argument in arguments]
    return _lifted(_within(PLAIN_FUNCTIONS[name](*plain)), file, line)


def _within(data: Data) -> Data:
    if isinstance(data, str | tuple | list) and len(data) > LONGEST:
        raise ValueError("too long")
    return data


def _first_given(arguments: tuple[Value, ...]) -> Value | None:
    """Return the first that is something, None where one before it is unknown."""
    for argument in arguments:
        if not argument.known:
            return None
        if argument.data is not None:
            return argument
    return None


def _decided(name: str, arguments: tuple[Value, ...]) -> bool | None:
    """Return what a function yields although a value is unknown, None where it may be anything."""
    data = [argument.data for argument in arguments]
    if name == "and" and any(item is False for item in data):
        return False
    if name == "or" and any(item is True for item in data):
        return True
    if name in {"equals", "notequals"} and len(data) == 2 and data[0] == data[1]:  # noqa: PLR2004 - two sides
        return name == "equals" if isinstance(data[0], Unknown) else None
    return None


def _plain(value: Value, left: list[int] | None = None) -> Any:  # noqa: ANN401 - texts, numbers, truths, None, lists, dictionaries
    left = [LONGEST] if left is None else left
    left[0] -= 1
    if isinstance(value.data, Unknown) or left[0] <= 0:
        raise TypeError("unknown, or too much")
    if isinstance(value.data, tuple):
        return [_plain(item, left) for item in value.data]
    if isinstance(value.data, dict):
        return {name: _plain(item, left) for name, item in value.data.items()}
    return value.data


def _lifted(data: Any, file: str, line: int) -> Value:  # noqa: ANN401 - as above
    if isinstance(data, list):
        return Value(tuple(_lifted(item, file, line) for item in data), file, line)
    if isinstance(data, dict):
        return Value({str(k): _lifted(item, file, line) for k, item in data.items()}, file, line)
    return Value(data, file, line)
