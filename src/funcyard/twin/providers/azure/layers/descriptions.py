"""What functions are told of devices: documents, wherever functions ask for them.

Each device has its own, so that one which comes, changes or goes changes nothing of the others and
restarts no app.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.deploy.resources.blob_document import BlobDocument
from funcyard.deploy.resources.storage_account import BlobContainer
from funcyard.twin.contract import devices, settings
from funcyard.twin.describing import describe_device
from funcyard.twin.providers.azure.layers.layer_setup_azure import setup
from funcyard.twin.providers.azure.layers.wiring import CODE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.deploy.resource import Resource
    from funcyard.deploy.resources.reach import Reach
    from funcyard.twin.config.devices import Device
    from funcyard.twin.providers.azure.layers.context import Context
    from funcyard.twin.providers.azure.places import Place


def container_of(place: Place) -> BlobContainer:
    """Return where the documents of a place are."""
    return BlobContainer.of(
        place.address("setup", "twin-info"), setup(place).storage, devices.CONTAINER
    )


def is_asked(context: Context, place: Place) -> bool:
    """Whether functions of a place ask for devices."""
    return any(
        settings.INFO_CONTAINER in function.needs
        for (_, cloud), shipped in context.packages.items()
        if cloud == place.cloud
        for function in shipped.functions
    )


def descriptions(context: Context, place: Place) -> list[Resource[Reach]]:
    """Return what functions of a place are told of devices: nothing where none asks."""
    if not is_asked(context, place):
        return []
    found = (_told_of(device, context, place) for device in context.twin.devices)
    return [one for documents in found for one in documents]


def described(context: Context, device: Device) -> list[str]:
    """Return the addresses of all that tells of a device, in every place."""
    return [
        one.address
        for place in context.places.values()
        if is_asked(context, place)
        for one in _told_of(device, context, place)
    ]


def _told_of(device: Device, context: Context, place: Place) -> Iterator[BlobDocument]:
    container = container_of(place)
    info = describe_device(device, context.twin)
    yield BlobDocument.of(
        place.address("l1", f"description.{device.id}"),
        container,
        devices.described_in(device.id),
        info.as_json(),
        after=_code(context) if info.has_processor else (),
    )
    if device.twin != device.id:
        yield BlobDocument.of(
            place.address("l1", f"twin-of.{device.twin}"),
            container,
            devices.shown_in(device.twin),
            devices.twin_as_json(device.id),
        )


def _code(context: Context) -> list[str]:
    """Return the address of the owner's code: nothing is handed to what is not there yet."""
    place = context.place_of("layer_2_provider")
    return [] if place is None else [place.address("l2", CODE)]
