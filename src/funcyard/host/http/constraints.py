"""Inline constraints of route parameters, as ASP.NET Core applies them.

https://learn.microsoft.com/aspnet/core/fundamentals/routing#route-constraints
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Check = "Callable[[str], bool]"

_INT_BITS = 31
_LONG_BITS = 63
_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_CALL = re.compile(r"(?P<name>[a-z]+)(?:\((?P<arguments>.*)\))?", re.IGNORECASE | re.DOTALL)


def constraint(text: str) -> Callable[[str], bool]:
    """Return the check that a constraint such as ``int`` or ``range(1,9)`` stands for.

    Raises:
        ValueError: There is no such constraint, or its arguments are wrong.
    """
    match = _CALL.fullmatch(text)
    name = match["name"].lower() if match else text
    arguments = match["arguments"] if match else None
    if arguments is None and name in _PLAIN:
        return _PLAIN[name]
    if arguments is not None and name in _WITH_ARGUMENTS:
        return _WITH_ARGUMENTS[name](arguments)
    raise ValueError(f"unknown route constraint {text!r}")


def _fits(bits: int) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        return bool(_INTEGER.fullmatch(value)) and -(2**bits) <= int(value) < 2**bits

    return check


def _guid(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def _datetime(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_file(value: str) -> bool:
    """Tell whether the last segment has a dot that is not its last character."""
    return "." in value.rpartition("/")[2][:-1]


def _length(arguments: str) -> Callable[[str], bool]:
    bounds = [int(part) for part in arguments.split(",")]
    low, high = (bounds[0], bounds[-1])
    return lambda value: low <= len(value) <= high


def _range(arguments: str) -> Callable[[str], bool]:
    low, high = (int(part) for part in arguments.split(","))
    return lambda value: bool(_INTEGER.fullmatch(value)) and low <= int(value) <= high


def _at_least(arguments: str) -> Callable[[str], bool]:
    low = int(arguments)
    return lambda value: bool(_INTEGER.fullmatch(value)) and int(value) >= low


def _at_most(arguments: str) -> Callable[[str], bool]:
    high = int(arguments)
    return lambda value: bool(_INTEGER.fullmatch(value)) and int(value) <= high


def _min_length(arguments: str) -> Callable[[str], bool]:
    low = int(arguments)
    return lambda value: len(value) >= low


def _max_length(arguments: str) -> Callable[[str], bool]:
    high = int(arguments)
    return lambda value: len(value) <= high


def _regex(arguments: str) -> Callable[[str], bool]:
    pattern = re.compile(arguments.replace("{{", "{").replace("}}", "}"), re.IGNORECASE)
    return lambda value: pattern.search(value) is not None


_PLAIN: dict[str, Callable[[str], bool]] = {
    "alpha": lambda value: bool(re.fullmatch(r"[A-Za-z]*", value)),
    "bool": lambda value: value.lower() in {"true", "false"},
    "datetime": _datetime,
    "decimal": lambda value: bool(_DECIMAL.fullmatch(value)),
    "double": lambda value: bool(_NUMBER.fullmatch(value)),
    "file": _is_file,
    "float": lambda value: bool(_NUMBER.fullmatch(value)),
    "guid": _guid,
    "int": _fits(_INT_BITS),
    "long": _fits(_LONG_BITS),
    "nonfile": lambda value: not _is_file(value),
    "required": lambda value: value != "",
}

_WITH_ARGUMENTS: dict[str, Callable[[str], Callable[[str], bool]]] = {
    "length": _length,
    "max": _at_most,
    "maxlength": _max_length,
    "min": _at_least,
    "minlength": _min_length,
    "range": _range,
    "regex": _regex,
}
