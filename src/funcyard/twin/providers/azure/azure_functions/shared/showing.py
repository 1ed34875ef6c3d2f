"""A reading shown by its device's twin in the graph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .faults import UnknownError

if TYPE_CHECKING:
    from funcyard.twin.contract.telemetry import Telemetry

    from .services import Services


async def show(telemetry: Telemetry, services: Services) -> tuple[str, ...]:
    """Let the twin of a device show a reading; return the properties that changed.

    What the device is not declared to measure is left out: no model has a property for it.

    Raises:
        UnknownError: The twin has no such device, or the graph no such twin.
        BadRequestError: The twin's model does not take the values.
        StorageError: The graph cannot be reached.
        SettingsError: The app is not told where it is.
    """
    device = services.info.devices.get(telemetry.device)
    if device is None:
        raise UnknownError("the twin has no device of that name")
    declared = {
        name: value for name, value in telemetry.values.items() if name in device.properties
    }
    return await services.graph.update(device.twin, replace(telemetry, values=declared))
