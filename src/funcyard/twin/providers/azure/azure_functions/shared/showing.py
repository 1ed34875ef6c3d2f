"""A reading shown by its device's twin in the graph, and who lets it be shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from funcyard.twin.contract.graph import GraphRoute, graph_route

from .faults import UnknownError

if TYPE_CHECKING:
    from funcyard.twin.contract.telemetry import Telemetry

    from .services import Services


async def route_of(device: str, services: Services) -> GraphRoute:
    """Return the way of a device's readings to its twin.

    One that is not known has that of one without code of its own.

    Raises:
        UnreadableError: It depends on the device, and nothing can be told of that.
    """
    plain, processed = (graph_route(services.info, has_processor=one) for one in (False, True))
    if plain is processed:
        return plain
    known = await services.devices.of(device)
    return processed if known is not None and known.has_processor else plain


async def show(telemetry: Telemetry, services: Services) -> tuple[str, ...]:
    """Let the twin of a device show a reading; return the properties that changed.

    What the device is not declared to measure is left out: no model has a property for it.

    Raises:
        UnknownError: The twin has no such device, or the graph no such twin.
        BadRequestError: The twin's model does not take the values.
        StorageError: The graph cannot be reached, or what is known of the device.
        SettingsError: The app is not told where it is.
    """
    device = await services.devices.of(telemetry.device)
    if device is None:
        raise UnknownError("the twin has no device of that name")
    declared = {
        name: value for name, value in telemetry.values.items() if name in device.properties
    }
    return await services.graph.update(device.twin, replace(telemetry, values=declared))
