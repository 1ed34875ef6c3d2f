"""Send a message to a device."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.providers.azure.azure_functions.shared.faults import UnknownError

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Send it, and say so when the hub has taken it."""
    detail = asked.body.get("detail") if isinstance(asked.body, Mapping) else None
    if not isinstance(detail, Mapping):
        raise ContractError("feedback is an object with detail")
    device, payload = detail.get("iotDeviceId"), detail.get("payload")
    if not isinstance(device, str) or not isinstance(payload, Mapping):
        raise ContractError("detail has iotDeviceId and payload")
    if await services.devices.of(device) is None:
        raise UnknownError("the twin has no device of that name")
    await services.device_messages.send(device, payload)
    return {"sent": True}
