"""Take a reading from another cloud and let its twin show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.providers.azure.azure_functions.shared.asking import payload_of, reading_of
from funcyard.twin.providers.azure.azure_functions.shared.showing import show

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Return the properties that changed."""
    telemetry = reading_of(payload_of(asked.body, "telemetry"), services)
    return {"updated": list(await show(telemetry, services))}
