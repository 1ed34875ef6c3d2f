"""Take the item of a reading from another cloud and keep it in hot storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.items import telemetry_of
from funcyard.twin.providers.azure.azure_functions.shared.asking import payload_of

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Keep it, and say so when it is kept."""
    item = payload_of(asked.body, "item")
    if not isinstance(item, Mapping):
        raise ContractError("an item is a JSON object")
    await (await services.hot()).keep(telemetry_of(item))
    return {"stored": True}
