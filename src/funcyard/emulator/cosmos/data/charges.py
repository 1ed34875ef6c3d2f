"""Request units: about what Azure charges, by sizes.

https://learn.microsoft.com/azure/cosmos-db/request-units
"""

from __future__ import annotations

import json
import math
from typing import Final

_READ: Final = 1.0
_WRITE: Final = 5.7
_QUERY: Final = 2.3
_UNIT_BYTES: Final = 1024


def of_read(body: object) -> float:
    """Return what reading something costs."""
    return _READ * _units(body)


def of_write(body: object) -> float:
    """Return what writing something costs."""
    return _WRITE * _units(body)


def of_query(results: list[object]) -> float:
    """Return what a page of results costs."""
    return round(_QUERY + 0.05 * len(results) * _units(results[:1]), 2)


def _units(body: object) -> int:
    return max(1, math.ceil(len(json.dumps(body)) / _UNIT_BYTES))
