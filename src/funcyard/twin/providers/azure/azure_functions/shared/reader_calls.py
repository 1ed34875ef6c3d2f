"""A reader of hot storage, asked in its cloud: by its app's address, or across a boundary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.twin.contract import settings
from funcyard.twin.contract.functions import address, function
from funcyard.twin.contract.tokens import HEADER, shown_by_sender

from .calling import send_across
from .faults import BadRequestError, RefusedError, UnknownError

if TYPE_CHECKING:
    from .services import Services

_UNKNOWN: Final = 404


async def ask_reader(reader: str, url: str, question: object, services: Services) -> object:
    """Return what a reader answers.

    Args:
        reader: The function.
        url: The setting with its address, where it lies in another cloud.
        question: What it is asked.
        services: Settings and clients.

    Raises:
        BadRequestError: The question is none.
        UnknownError: It is about nothing that there is.
        UpstreamError: The reader cannot be asked, or does not let the app in.
    """
    clouds = services.info.clouds
    try:
        if clouds["layer_4_provider"] != clouds["layer_3_hot_provider"]:
            return await send_across(
                services,
                reader,
                url,
                settings.HOT_READER_TOKEN,
                target_slot="layer_3_hot_provider",
                source_slot="layer_4_provider",
                kind="query",
                payload=question,
            )
        base, token = services.require(settings.L3_URL, settings.HOT_READER_TOKEN)
        where = address(base, function(reader, "l3").route or "")
        told = await services.sender.post(reader, where, question, {HEADER: shown_by_sender(token)})
    except RefusedError as fault:
        if fault.is_for_good:
            raise BadRequestError("the reader does not take the question") from None
        if fault.refused_with == _UNKNOWN:
            raise UnknownError("the reader knows nothing of what it is asked") from None
        raise
    return told.body
