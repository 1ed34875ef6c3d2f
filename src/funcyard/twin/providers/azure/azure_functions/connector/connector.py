"""Send a reading to the cloud in which it is processed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.contract import settings
from funcyard.twin.providers.azure.azure_functions.shared.asking import reading_of
from funcyard.twin.providers.azure.azure_functions.shared.calling import send_across

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Send it, and say so when it was taken."""
    telemetry = reading_of(asked.body, services)
    await send_across(
        services,
        "ingestion",
        settings.INGESTION_URL,
        settings.INGESTION_TOKEN,
        target_slot="layer_2_provider",
        source_slot="layer_1_provider",
        kind="telemetry",
        payload=telemetry.as_json(),
    )
    return {"sent": True}
