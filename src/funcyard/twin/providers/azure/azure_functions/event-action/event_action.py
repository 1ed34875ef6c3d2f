"""Do what the twin's owner wrote for an event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.twin.contract.telemetry import DEVICE, TIME
from funcyard.twin.providers.azure.azure_functions.shared.asking import reading_of
from funcyard.twin.providers.azure.azure_functions.shared.faults import UnknownError
from funcyard.twin.providers.azure.azure_functions.shared.tracing import logger
from funcyard.twin.providers.azure.azure_functions.shared.user_code import run_user_code
from funcyard.twin.providers.azure.azure_functions.shared.user_folders import ACTIONS

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services

_LOGGER = logger("event-action")


async def answer(asked: Asked, services: Services) -> object:
    """Return what the code returns, where that is JSON, which is also told in the log."""
    name = asked.parameters.get("name", "")
    if name not in {event.function for event in services.info.events}:
        raise UnknownError("the twin has no event with a function of that name")
    event = dict(reading_of(asked.body, services).as_json())
    result = await run_user_code(Path(__file__).parent / ACTIONS / name, event)
    _LOGGER.info("%s for %s at %s: %s", name, event[DEVICE], event[TIME], result)
    return {"action": name, "result": _shown(result)}


def _shown(result: object) -> object:
    """Return what the code returned, or its type: what was done must not fail by how it is told."""
    try:
        json.dumps(result, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return type(result).__name__
    return result
