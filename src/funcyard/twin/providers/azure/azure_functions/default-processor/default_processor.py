"""Hand a reading to the persister as it is: no code of the twin's owner processes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.providers.azure.azure_functions.shared.asking import reading_of
from funcyard.twin.providers.azure.azure_functions.shared.calling import call

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Return what the persister says of it."""
    telemetry = reading_of(asked.body, services)
    return await call(services, "l2", "persister", telemetry.as_json())
