"""Hand a reading to the code that its device has, and what that makes of it to the persister."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.telemetry import TIME
from funcyard.twin.providers.azure.azure_functions.shared.asking import reading_of
from funcyard.twin.providers.azure.azure_functions.shared.calling import call
from funcyard.twin.providers.azure.azure_functions.shared.faults import UnknownError, UserCodeError
from funcyard.twin.providers.azure.azure_functions.shared.user_code import run_user_code
from funcyard.twin.providers.azure.azure_functions.shared.user_folders import PROCESSORS

if TYPE_CHECKING:
    from funcyard.twin.contract.telemetry import Telemetry
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Return what the persister says of the processed reading."""
    device = asked.parameters.get("device", "")
    if await services.devices.of(device) is None:
        raise UnknownError("the twin has no device of that name")
    telemetry = reading_of(asked.body, services, device)
    processed = await run_user_code(_folder(device), dict(telemetry.as_json()))
    reading = _checked(processed, telemetry, services)
    return await call(services, "l2", "persister", reading.as_json())


def _folder(device: str) -> Path:
    return Path(__file__).parent / PROCESSORS / device


def _checked(processed: object, given: Telemetry, services: Services) -> Telemetry:
    """Return what the code made of a reading.

    Raises:
        UserCodeError: It is no reading of that device at that time.
    """
    try:
        reading = reading_of(processed, services, given.device)
    except ContractError as fault:
        raise UserCodeError(
            f"the code of {given.device} made no reading: {fault.message}"
        ) from None
    if reading.time != given.time:
        raise UserCodeError(f"the code of {given.device} changed the reading's {TIME}")
    return reading
