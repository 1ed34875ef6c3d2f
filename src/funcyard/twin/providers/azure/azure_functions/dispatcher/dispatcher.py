"""Take telemetry from the hub and hand it on: to its processor, or to the connector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.providers.azure.azure_functions.shared.arriving import telemetry_of_event
from funcyard.twin.providers.azure.azure_functions.shared.calling import call, process
from funcyard.twin.providers.azure.azure_functions.shared.faults import RefusedError
from funcyard.twin.providers.azure.azure_functions.shared.tracing import logger

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.arriving import Arrived
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services

_LOGGER = logger("dispatcher")


async def take(event: Arrived, services: Services) -> None:
    """Hand a message on. One that is none, or is refused for good, is told in the log and dropped.

    Raises:
        FunctionError: It could not be handed on; Event Grid delivers it again.
    """
    try:
        telemetry = telemetry_of_event(event)
    except ContractError as fault:
        _LOGGER.error("dropped: %s", fault.message)  # noqa: TRY400 - the message says it all
        return
    clouds = services.info.clouds
    try:
        if clouds["layer_1_provider"] == clouds["layer_2_provider"]:
            await process(services, telemetry)
        else:
            await call(services, "l1", "connector", telemetry.as_json())
    except RefusedError as fault:
        if not fault.is_for_good:
            raise
        _LOGGER.error("dropped: %s", fault.message)  # noqa: TRY400
