"""Take readings of a device from another cloud and keep them in cold storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.providers.azure.azure_functions.shared.asking import payload_of
from funcyard.twin.providers.azure.azure_functions.shared.chunks import read_item

if TYPE_CHECKING:
    from funcyard.twin.contract.telemetry import Telemetry
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Keep them, and say how many of them can be read again, and what tells them from others."""
    device, readings = _chunk(payload_of(asked.body, "chunk"))
    return (await services.cold.add(device, readings)).as_json()


def _chunk(payload: object) -> tuple[str, list[Telemetry]]:
    """Return the device and its readings.

    Raises:
        ContractError: The payload holds no such, or of several devices, or not in their order.
    """
    items = payload.get("items") if isinstance(payload, Mapping) else None
    if not isinstance(items, list) or not items:
        raise ContractError("a chunk is an object with items")
    readings = [read_item(one) for one in items]
    if len({one.device for one in readings}) != 1:
        raise ContractError("a chunk holds readings of one device")
    times = [one.time for one in readings]
    if times != sorted(set(times)):
        raise ContractError("the readings of a chunk are in the order of their times")
    return readings[0].device, readings
