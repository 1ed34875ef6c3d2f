"""JSON that every reader of it understands, for what services keep and hand on.

Python takes more: numbers that are none or that become infinite, halves of characters, and values
in each other as deep as its stack, which another part of this process then fails on.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_LEVELS: Final = 100
"""How deep values lie in each other at most."""


def read(data: bytes | str) -> Any:  # noqa: ANN401 - JSON
    """Return what JSON says.

    Raises:
        ValueError: It is none; says why.
    """
    try:
        found = json.loads(data, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise _too_deep() from None
    if not _is_within(found, MOST_LEVELS):
        raise _too_deep()
    json.dumps(found, ensure_ascii=False).encode()
    return found


def _is_within(value: object, most: int) -> bool:
    layer = [value]
    for _ in range(most):
        layer = [one for outer in layer for one in _parts(outer) if isinstance(one, dict | list)]
        if not layer:
            return True
    return False


def _parts(value: object) -> Collection[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> ValueError:
    return ValueError(f"values lie deeper than {MOST_LEVELS} in each other")


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is no number")


def _finite(text: str) -> float:
    found = float(text)
    if not math.isfinite(found):
        raise ValueError(f"{text[:40]} is out of range")
    return found
