"""Bodies without what says nothing: Azure takes null for what is not given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json


def without_nulls(body: Json) -> Json:
    """Return a body without members and items that are null."""
    return {name: _without(value) for name, value in body.items() if value is not None}


def _without(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return without_nulls(value)
    if isinstance(value, list):
        return [_without(one) for one in value if one is not None]
    return value
