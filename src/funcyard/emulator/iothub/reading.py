"""JSON as hubs take it."""

from __future__ import annotations

from typing import Any

from funcyard.emulator import strict_json
from funcyard.emulator.iothub import errors


def read_json(data: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return what JSON says.

    Raises:
        HubError: It is none that every reader of it understands.
    """
    try:
        return strict_json.read(data)
    except ValueError as fault:
        raise errors.bad_argument(f"That is no JSON: {fault}.") from None
