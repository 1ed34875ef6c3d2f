"""Tell what a device measured in a span of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.providers.azure.azure_functions.shared.reading_queries import (
    entity_of,
    history,
    question_of,
)

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Return readings, the oldest first, and how to go on where there are more."""
    device = await services.devices.called(entity_of(asked))
    question = question_of(asked, device)
    readings = await (await services.hot()).between(
        question.device,
        question.first,
        question.last,
        after=question.after,
        most=question.most + 1,
    )
    return history(question, readings)
