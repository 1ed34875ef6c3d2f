"""Ask hot storage for the readings of a span of time, wherever it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.contract import settings
from funcyard.twin.providers.azure.azure_functions.shared.reader_calls import ask_reader

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Return what the reader answers."""
    return await ask_reader("hot-reader", settings.HOT_READER_URL, asked.body, services)
