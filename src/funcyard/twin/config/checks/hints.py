"""What is there, for a hint: all of it where that is little, else the first of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 8


def devices_hint(ids: Iterable[str]) -> str:
    """Return which devices there are, the first of them where there are many."""
    found = sorted(ids)
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return f"devices: {', '.join(found[:_MOST])}{more}"
