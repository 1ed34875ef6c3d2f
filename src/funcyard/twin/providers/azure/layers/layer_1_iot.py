"""L1: the hub that devices talk to, the devices, and what hands their readings on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from funcyard.deploy.resources.event_destination import Destination
from funcyard.deploy.resources.event_subscription import EventSubscription
from funcyard.deploy.resources.iot_device import IotDevice
from funcyard.deploy.resources.iot_hub import REGISTRY_CONTRIBUTOR, IotHub
from funcyard.deploy.resources.role_assignment import RoleAssignment
from funcyard.twin.providers.azure.layers.apps import layer_app
from funcyard.twin.providers.azure.layers.descriptions import described
from funcyard.twin.providers.azure.layers.layer_3_storage import hot_of
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup
from funcyard.twin.providers.azure.layers.wiring import APP, CODE, KEY, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.providers.azure.layers.apps import LayerApp
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place

TELEMETRY: Final = "Microsoft.Devices.DeviceTelemetry"


def iot(context: Context, place: Place) -> list[Resource[Reach]]:
    """Return L1 of a place: nothing where it lies elsewhere."""
    if not context.holds(place, "layer_1_provider"):
        return []
    hub = iot_hub(place)
    registrar = RoleAssignment.to(
        place.address("l1", "registrar"), hub, REGISTRY_CONTRIBUTOR, context.principal
    )
    found: list[Resource[Reach]] = [hub, registrar]
    found += [
        IotDevice.of(
            place.address("l1", f"device.{device.id}"),
            hub,
            device.id,
            after=(registrar.address, *described(context, device)),
        )
        for device in context.twin.devices
    ]
    app = layer_app(context, place, "l1")
    if app is not None:
        found += app.resources()
        found.append(
            telemetry_to(
                place.address("l1", "dispatcher-events"),
                hub,
                place.names.dispatcher_subscription,
                app,
                "dispatcher",
                _before_readings(context, place),
            )
        )
    return found


def iot_hub(place: Place) -> IotHub:
    """Return the hub of a place."""
    group = setup(place).group
    return IotHub.of(place.address("l1", "hub"), group, place.names.iot_hub, place.hub_region)


def telemetry_to(
    address: str, hub: IotHub, name: str, app: LayerApp, function: str, after: Iterable[str] = ()
) -> EventSubscription:
    """Return what hands the telemetry of a hub to a function.

    Args:
        address: Its name in the graph.
        hub: Where the telemetry comes from.
        name: Its name in Azure.
        app: The app with the function.
        function: The function's name.
        after: Addresses of what must work before the first reading comes.
    """
    destination = Destination.function(app.app, app.code, function)
    made = EventSubscription.of(address, hub, name, destination, event_types=(TELEMETRY,))
    return replace(made, depends_on=tuple(dict.fromkeys((*made.depends_on, *after))))


def _before_readings(context: Context, place: Place) -> list[str]:
    """Return what the dispatcher and the connector call, and what keeps a reading.

    Nothing is wired to what is not there.
    """
    receiver = context.place_of("layer_2_provider")
    if receiver is None:
        return []
    layer = "l2" if receiver == place else "l0"
    parts = (APP, SETTINGS, CODE) if layer == "l0" else (APP, SETTINGS, CODE, KEY)
    called = [receiver.address(layer, part) for part in parts]
    storage = context.place_of("layer_3_hot_provider")
    return called if storage is None else [*called, hot_of(storage)]
