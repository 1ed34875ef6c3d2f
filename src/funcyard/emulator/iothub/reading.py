"""JSON as hubs take it: with no number that is none, and no half of a character."""

from __future__ import annotations

import json
from typing import Any

from funcyard.emulator.iothub import errors


def read_json(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return what JSON says.

    Raises:
        HubError: It is none.
    """
    try:
        found = json.loads(data, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise errors.bad_argument("That is no JSON.") from None
    return found


def _refuse(text: str) -> None:
    raise ValueError(text)
