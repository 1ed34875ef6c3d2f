"""Tell what a device measured last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.providers.azure.azure_functions.shared.reading_queries import (
    entity_of,
    last_entry,
    question_of,
)

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Return the latest reading, a value by property."""
    device = await services.devices.called(entity_of(asked))
    question = question_of(asked, device)
    return last_entry(question, await (await services.hot()).last(question.device))
