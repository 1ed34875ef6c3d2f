"""Tell what a device measured in a span of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.providers.azure.azure_functions.shared.reading_queries import (
    history,
    question_of,
)

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Return readings, the oldest first, and how to go on where there are more."""
    question = question_of(asked, services.info)
    readings = await (await services.hot()).between(
        question.device,
        question.first,
        question.last,
        after=question.after,
        most=question.most + 1,
    )
    return history(question, readings)
