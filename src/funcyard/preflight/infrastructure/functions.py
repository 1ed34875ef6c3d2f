"""The template functions that can be told without Azure.

Each takes values that are known, and returns what
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions says; a
``LookupError``, ``TypeError`` or ``ValueError`` means that it cannot be told.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Plain = Any
"""Texts, numbers, truths, None, lists and dictionaries of those."""


def _format(pattern: str, *values: Plain) -> str:
    return re.sub(r"\{(\d+)\}", lambda match: _text(values[int(match[1])]), pattern)


def _text(value: Plain) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _concat(*values: Plain) -> str:
    return "".join(_text(value) for value in values)


def _equals(one: Plain, other: Plain) -> bool:
    if isinstance(one, bool) != isinstance(other, bool):
        return False
    return bool(one == other)


def _div(one: int, other: int) -> int:
    if other == 0:
        raise ValueError("division by nothing")
    return int(one / other)


def _bool(value: Plain) -> bool:
    return value.strip().lower() in {"true", "1"} if isinstance(value, str) else bool(value)


def _substring(text: str, start: int, length: int | None = None) -> str:
    return text[start:] if length is None else text[start : start + length]


def _split(text: str, marks: str | list[str]) -> list[str]:
    alternatives = marks if isinstance(marks, list) else [marks]
    return re.split("|".join(map(re.escape, alternatives)), text)


PLAIN_FUNCTIONS: dict[str, Callable[..., Plain]] = {
    "add": lambda a, b: a + b,
    "and": lambda *values: all(values),
    "bool": _bool,
    "concat": _concat,
    "div": _div,
    "endswith": lambda text, end: text.lower().endswith(end.lower()),
    "equals": _equals,
    "equalsanycase": lambda a, b: a.lower() == b.lower(),
    "false": lambda: False,
    "float": float,
    "format": _format,
    "greater": lambda a, b: a > b,
    "greaterorequals": lambda a, b: a >= b,
    "int": int,
    "join": lambda values, mark: mark.join(map(_text, values)),
    "json": json.loads,
    "less": lambda a, b: a < b,
    "lessorequals": lambda a, b: a <= b,
    "max": lambda *values: max(values[0] if isinstance(values[0], list) else values),
    "min": lambda *values: min(values[0] if isinstance(values[0], list) else values),
    "mod": lambda a, b: a - b * _div(a, b),
    "mul": lambda a, b: a * b,
    "not": lambda value: not value,
    "notequals": lambda a, b: not _equals(a, b),
    "notequalsanycase": lambda a, b: a.lower() != b.lower(),
    "null": lambda: None,
    "or": lambda *values: any(values),
    "range": lambda start, count: list(range(start, start + min(count, 10_000))),
    "replace": lambda text, old, new: text.replace(old, new),
    "split": _split,
    "startswith": lambda text, start: text.lower().startswith(start.lower()),
    "string": _text,
    "sub": lambda a, b: a - b,
    "substring": _substring,
    "tolower": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "true": lambda: True,
}
"""By name in lower case; those that look into what they are given are in ``structure``."""
