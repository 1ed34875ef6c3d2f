"""Take a reading from another cloud and hand it to its processor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.providers.azure.azure_functions.shared.asking import payload_of, reading_of
from funcyard.twin.providers.azure.azure_functions.shared.calling import process

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Hand it on, and say so when it is kept."""
    await process(services, reading_of(payload_of(asked.body, "telemetry"), services))
    return {"processed": True}
