"""Let a device's twin show what the hub tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.graph import GraphRoute
from funcyard.twin.providers.azure.azure_functions.shared.arriving import telemetry_of_event
from funcyard.twin.providers.azure.azure_functions.shared.faults import BadRequestError
from funcyard.twin.providers.azure.azure_functions.shared.showing import route_of, show
from funcyard.twin.providers.azure.azure_functions.shared.tracing import logger

if TYPE_CHECKING:
    from funcyard.twin.providers.azure.azure_functions.shared.arriving import Arrived
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services

_LOGGER = logger("adt-updater")


async def take(event: Arrived, services: Services) -> None:
    """Show a reading, unless the persister shows what its owner's code makes of it.

    One that no twin would ever take is told in the log and dropped.

    Raises:
        FunctionError: The twin could not be changed; Event Grid delivers the event again.
    """
    try:
        telemetry = telemetry_of_event(event)
        if await services.devices.of(telemetry.device) is None:
            _LOGGER.error("dropped: the twin has no device of that name")
        elif await route_of(telemetry.device, services) is GraphRoute.EVENTS:
            await show(telemetry, services)
    except (ContractError, BadRequestError) as fault:
        _LOGGER.error("dropped: %s", fault.message)  # noqa: TRY400 - the message says it all
