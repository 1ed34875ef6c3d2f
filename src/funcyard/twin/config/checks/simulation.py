"""What simulated devices send: values that the twin's own devices could have measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.twin.config.checks.hints import devices_hint
from funcyard.twin.config.devices import Device, Devices, Property, fits
from funcyard.twin.config.files import DEVICES, SIMULATION
from funcyard.twin.config.findings import Fault
from funcyard.twin.config.json_tree import JsonFault
from funcyard.twin.config.payloads import read_payloads
from funcyard.twin.config.simulation import (
    ConstantPattern,
    ReplayPattern,
    SimulatedDevice,
    Simulation,
)
from funcyard.twin.contract.telemetry import DEVICE, TIME

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.twin.config.json_tree import Node
    from funcyard.twin.config.parts import Parts


def check(parts: Parts) -> Iterator[Fault]:
    """Yield every fault of a simulation."""
    simulation, devices = parts.get(Simulation), parts.get(Devices)
    known = {each.id: each for each in devices.root} if devices else {}
    seen: set[str] = set()
    for number, one in enumerate(simulation.devices if simulation else ()):
        path = ("devices", number)
        if one.device in seen:
            yield Fault(SIMULATION, (*path, "iotDeviceId"), f"the device {one.device} comes twice")
        seen.add(one.device)
        if devices is None or not parts.is_whole(DEVICES):
            continue
        device = known.get(one.device)
        if device is None:
            hint = devices_hint(known)
            message = f"there is no device {one.device}"
            yield Fault(SIMULATION, (*path, "iotDeviceId"), message, hint)
            continue
        yield from _patterns(path, one, device)
        yield from _payloads(parts.folder, one, device)


def _patterns(path: tuple[str | int, ...], one: SimulatedDevice, device: Device) -> Iterator[Fault]:
    for name, pattern in one.properties.items():
        where = (*path, "properties", name)
        declared = _declared(device, name)
        if declared is None:
            yield Fault(SIMULATION, where, _unmeasured(device, name), _measured(device))
            continue
        match pattern:
            case ConstantPattern():
                values: tuple[object, ...] = (pattern.value,)
            case ReplayPattern():
                values = pattern.values
            case _:
                values = () if declared.data_type in {"DOUBLE", "INTEGER"} else (None,)
        if not all(fits(value, declared.data_type) for value in values):
            message = f"sends what is no {declared.data_type}"
            hint = None if values != (None,) else "only constant and replay do"
            yield Fault(SIMULATION, where, message, hint)


def _payloads(folder: Path, one: SimulatedDevice, device: Device) -> Iterator[Fault]:
    if one.payloads is None:
        return
    try:
        tree = read_payloads(folder, one.payloads)
    except JsonFault as fault:
        place = (fault.line, fault.column)
        yield Fault(one.payloads, (), fault.message, fault.hint, place=place)
        return
    for payload in tree.items:
        for name, node in payload.entries.items():
            if message := _refusal(device, name, node):
                place = (node.line, node.column)
                yield Fault(one.payloads, node.path, message, place=place)


def _refusal(device: Device, name: str, node: Node) -> str | None:
    """Return why a device cannot send a value, None where it can."""
    if name == TIME:
        return None if isinstance(node.value, str) else "expected text"
    if name == DEVICE:
        return None if node.value == device.id else f"{device.id} sends this file"
    declared = _declared(device, name)
    if declared is None:
        return _unmeasured(device, name)
    if node.kind != "scalar" or not fits(node.value, declared.data_type):
        return f"is no {declared.data_type}"
    return None


def _declared(device: Device, name: str) -> Property | None:
    return next((one for one in device.properties if one.name == name), None)


def _unmeasured(device: Device, name: str) -> str:
    return f"{device.id} does not measure {name}"


def _measured(device: Device) -> str:
    return f"it measures {', '.join(one.name for one in device.properties)}"
