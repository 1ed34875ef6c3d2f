"""What holds of all devices together: no two are the same, and no name means two things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.config.devices import Device, Devices
from funcyard.twin.config.files import DEVICES
from funcyard.twin.config.findings import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.twin.config.parts import Parts

RESERVED = frozenset({"iotDeviceId", "time", "id"})
"""Names that a message has for itself."""


def check(parts: Parts) -> Iterator[Fault]:
    """Yield a fault for each id, twin or property name that is taken."""
    devices = parts.get(Devices)
    ids: dict[str, str] = {}
    twins: dict[str, str] = {}
    for number, device in enumerate(devices.root if devices else ()):
        first = ids.setdefault(device.id.lower(), device.id)
        if first is not device.id:
            same = "comes twice" if first == device.id else f"differs from {first} in case only"
            yield Fault(DEVICES, (number, "id"), f"the device {device.id} {same}")
        elif (other := twins.setdefault(device.twin, device.id)) is not device.id:
            yield Fault(
                DEVICES,
                (number, "twinId") if device.twin_id else (number, "id"),
                f"the twin {device.twin} shows the readings of {other} already",
            )
        yield from _names(number, device)


def _names(number: int, device: Device) -> Iterator[Fault]:
    seen: set[str] = set()
    for name, path in (
        *((one.name, ("properties", at)) for at, one in enumerate(device.properties)),
        *((one.name, ("constProperties", at)) for at, one in enumerate(device.const_properties)),
    ):
        where = (number, *path, "name")
        if name in RESERVED:
            yield Fault(DEVICES, where, f"every message has {name} for itself", "choose another")
        elif name in seen:
            yield Fault(DEVICES, where, f"the property {name} comes twice")
        seen.add(name)
