"""The settings of function apps: each name of the contract with where its value comes from.

One table for all apps, so that what a function reads and what its app is given cannot differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.deploy.refs import Ref, SecretRef, Text
from funcyard.twin.config.clouds import provider_of
from funcyard.twin.contract import blobs, devices, functions, items, settings
from funcyard.twin.contract.clock import read_clock
from funcyard.twin.contract.functions import Guard, Trigger
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup
from funcyard.twin.providers.azure.layers.timers import nightly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from funcyard.deploy.refs import Value
    from funcyard.twin.boundaries import Boundary
    from funcyard.twin.contract.functions import Function
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place

    Wire = Callable[[Context, Place], Value]

APP: Final = "app"
CODE: Final = "code"
SETTINGS: Final = "settings"
KEY: Final = "key"
"""What the parts of a layer's app are called."""

_HOST: Final = {
    "FUNCTIONS_EXTENSION_VERSION": "~4",
    "FUNCTIONS_WORKER_RUNTIME": "python",
    "SCM_DO_BUILD_DURING_DEPLOYMENT": "true",
    "ENABLE_ORYX_BUILD": "true",
}


def settings_of(
    context: Context, place: Place, layer: str, held: Iterable[Function]
) -> Mapping[str, Value]:
    """Return the settings of a layer's app.

    Args:
        context: The twin.
        place: Where the app lies.
        layer: Its layer.
        held: The functions in it.
    """
    account = setup(place)
    found: dict[str, Value] = {
        **_HOST,
        "AzureWebJobsStorage": SecretRef(account.storage.address, "connection_string"),
        settings.INFO: context.info,
        settings.CLIENT_ID: Ref(account.identity.address, "client_id"),
    }
    if context.clock is not None:
        found[settings.CLOCK] = context.clock
    for function in held:
        for name in sorted(function.settings - found.keys()):
            value = _value(context, place, layer, function, name)
            if value is not None:
                found[name] = value
    return found


def _value(context: Context, place: Place, layer: str, function: Function, name: str) -> Value:
    if name == function.token and function.guard is Guard.TOKEN:
        return context.receivers_secret(name)
    boundary = _sent_by(context, place, layer, function, name)
    if boundary is not None:
        return _sent(context, boundary, name)
    wire = _WIRES.get(name)
    return None if wire is None else wire(context, place)


def _sent_by(
    context: Context, place: Place, layer: str, function: Function, name: str
) -> Boundary | None:
    """Return the boundary that a function sends over and that a setting of it is about."""
    for boundary in context.boundaries:
        is_sender = boundary.sender == place.cloud and (function.name, layer) in {
            (caller.name, caller.layer) for caller in boundary.callers
        }
        if is_sender and name in {boundary.token, *boundary.crossing.addresses.values()}:
            return boundary
    return None


def _sent(context: Context, boundary: Boundary, name: str) -> Value:
    receiver = context.places.get(boundary.receiver)
    entry = boundary.connections[next(iter(boundary.crossing.addresses))]
    if receiver is None:
        connection = context.twin.connections[entry]
        if name == boundary.token:
            return context.told(connection.token.partition(":")[2])
        return _connected(context, boundary, name)
    if name == boundary.token:
        return context.secret(name)
    called = next(one for one, told in boundary.crossing.addresses.items() if told == name)
    route = functions.function(called, "l0").route or ""
    return Text((Ref(receiver.address("l0", APP), "url"), functions.address("", route)))


def _connected(context: Context, boundary: Boundary, name: str) -> Value:
    called = next(one for one, told in boundary.crossing.addresses.items() if told == name)
    return context.twin.connections[boundary.connections[called]].url


def _url(layer: str, slot: str) -> Wire:
    """Return the wire of a layer's address, for those in its cloud."""

    def wire(context: Context, place: Place) -> Value:
        if not context.holds(place, slot):
            return None
        return Ref(place.address(layer, APP), "url")

    return wire


def _key(layer: str, slot: str) -> Wire:
    """Return the wire of the key to a layer's functions, for those in its cloud."""

    def wire(context: Context, place: Place) -> Value:
        return context.secret(f"{layer}-key") if context.holds(place, slot) else None

    return wire


def _in_hot(part: str, output: str) -> Wire:
    """Return the wire of something of hot storage, for those in its cloud."""

    def wire(context: Context, place: Place) -> Value:
        if not context.holds(place, "layer_3_hot_provider"):
            return None
        address = place.address("l3", part)
        return SecretRef(address, output) if output == "key" else Ref(address, output)

    return wire


def _blob_account(_context: Context, place: Place) -> Value:
    return SecretRef(setup(place).storage.address, "connection_string")


def _container(slot: str, name: str) -> Wire:
    return lambda context, place: name if context.holds(place, slot) else None


def _graph(context: Context, place: Place) -> Value:
    if not context.holds(place, "layer_4_provider") or provider_of(place.cloud) != "azure":
        return None
    return Ref(place.address("l4", "twins"), "endpoint")


def _hub(context: Context, _place: Place) -> Value:
    """Return what opens the hub, wherever it lies: nothing passes feedback on between clouds."""
    hub = context.place_of("layer_1_provider")
    if hub is None:
        return None
    return SecretRef(hub.address("l1", "hub"), "service_connection_string")


def _workflow(context: Context, place: Place) -> Value:
    if not context.twin.flags.trigger_notification_workflow:
        return None
    if not context.holds(place, "layer_2_provider"):
        return None
    return SecretRef(place.address("l2", "workflow"), "callback_url")


def _reader_token(context: Context, place: Place) -> Value:
    if not context.holds(place, "layer_3_hot_provider"):
        return None
    return context.secret(settings.HOT_READER_TOKEN)


def _schedule(context: Context, _place: Place) -> Value:
    return functions.MIDNIGHT if context.clock is None else nightly(read_clock(context.clock))


_WIRES: Final[Mapping[str, Wire]] = {
    settings.MOVERS_SCHEDULE: _schedule,
    settings.L1_URL: _url("l1", "layer_1_provider"),
    settings.L1_KEY: _key("l1", "layer_1_provider"),
    settings.L2_URL: _url("l2", "layer_2_provider"),
    settings.L2_KEY: _key("l2", "layer_2_provider"),
    settings.L3_URL: _url("l3", "layer_3_hot_provider"),
    settings.COSMOS_ENDPOINT: _in_hot("cosmos", "endpoint"),
    settings.COSMOS_KEY: _in_hot("cosmos", "key"),
    settings.COSMOS_DATABASE: _container("layer_3_hot_provider", items.DATABASE),
    settings.COSMOS_CONTAINER: _container("layer_3_hot_provider", items.CONTAINER),
    settings.BLOB_CONNECTION: _blob_account,
    settings.INFO_CONTAINER: lambda _context, _place: devices.CONTAINER,
    settings.COLD_CONTAINER: _container("layer_3_cold_provider", blobs.COLD_CONTAINER),
    settings.ARCHIVE_CONTAINER: _container("layer_3_archive_provider", blobs.ARCHIVE_CONTAINER),
    settings.ADT_URL: _graph,
    settings.IOT_HUB_CONNECTION: _hub,
    settings.WORKFLOW_URL: _workflow,
    settings.HOT_READER_TOKEN: _reader_token,
}
"""Where values come from that lie in the cloud of whoever reads them; elsewhere a wire is None."""


def is_called_with_key(held: Iterable[Function]) -> bool:
    """Whether any of an app's functions is opened by the app's key."""
    return any(one.guard is Guard.KEY and one.trigger is Trigger.HTTP for one in held)
