"""Headers that a subscription adds to what it delivers: fixed ones, and ones of the event.

https://learn.microsoft.com/azure/event-grid/delivery-properties
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.eventgrid import errors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.emulator.core.records import Json
    from funcyard.emulator.eventgrid.events import Event

_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE: Final = re.compile(r"[\x20-\x7e\t]*")
_MOST: Final = 10
_LONGEST: Final = 4096
_OURS: Final = "aeg-"


def check(mappings: Iterable[Json]) -> None:
    """Refuse mappings that cannot be meant.

    Raises:
        ArmError: Says why.
    """
    given = list(mappings)
    if len(given) > _MOST:
        raise errors.invalid(f"At most {_MOST} delivery attributes are allowed.")
    for one in given:
        name = str(one.get("name") or "")
        if not _NAME.fullmatch(name) or name.lower().startswith(_OURS):
            raise errors.invalid(f"'{name}' cannot be the name of a delivery attribute.")
        properties = one.get("properties") or {}
        wanted = "value" if _is_static(one) else "sourceField"
        value = properties.get(wanted)
        if not value:
            raise errors.invalid(f"The delivery attribute '{name}' has no {wanted}.")
        if _is_static(one) and not fits(value):
            raise errors.invalid(f"The value of the delivery attribute '{name}' is no header's.")


def shown(mappings: Iterable[Json]) -> list[Json]:
    """Return mappings as answers show them: secret values are left out."""
    return [
        {**one, "properties": {**one["properties"], "value": "Hidden"}}
        if _is_static(one) and one["properties"].get("isSecret")
        else one
        for one in mappings
    ]


def headers(mappings: Iterable[Json], event: Event) -> dict[str, str]:
    """Return the headers of a delivery; what an event has not, or no header can hold, is left out.

    Args:
        mappings: Of the subscription.
        event: The first that is delivered.
    """
    told = {}
    for one in mappings:
        properties = one["properties"]
        value = properties["value"] if _is_static(one) else event.value(properties["sourceField"])
        if isinstance(value, bool):
            value = str(value).lower()
        if isinstance(value, str | int | float) and fits(str(value)):
            told[str(one["name"])] = str(value)
    return told


def fixed(mappings: Iterable[Json]) -> dict[str, str]:
    """Return the headers that are the same for all events."""
    return {
        str(one["name"]): str(one["properties"]["value"]) for one in mappings if _is_static(one)
    }


def fits(value: str) -> bool:
    """Whether a header can hold a value."""
    return len(value) <= _LONGEST and _VALUE.fullmatch(value) is not None


def _is_static(one: Json) -> bool:
    return str(one["type"]).lower() == "static"
