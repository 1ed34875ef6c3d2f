"""Which device sends what, and when: a stream of messages for each device, without end.

Each device draws its chance from the seed and its own id, so that a device more or less changes
nothing about the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import merge
from itertools import count
from random import Random
from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.twin.contract.telemetry import DEVICE, TIME
from funcyard.twin.simulator.patterns import series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from funcyard.twin.config.devices import Device
    from funcyard.twin.config.simulation import SimulatedDevice
    from funcyard.twin.config.twin import Twin


class NothingToSimulateError(UsageError):
    """A twin says nothing of what its devices would send."""

    code = "nothing-to-simulate"


@dataclass(frozen=True, slots=True)
class Planned:
    """One message that is to be sent.

    Attributes:
        due: Seconds since the simulation began.
        device: Who sends it.
        payload: What; its time is empty where it shall be that of sending.
    """

    due: float
    device: str
    payload: Mapping[str, object]


def schedules(twin: Twin) -> dict[str, Iterator[Planned]]:
    """Return the messages of each simulated device, in the order of their times, without end.

    Raises:
        NothingToSimulateError: The twin has no simulation.
    """
    if twin.simulation is None:
        raise NothingToSimulateError(
            f"{twin.config.digital_twin_name} does not say what its devices would send",
            hint="say it in iot_device_simulator/simulation.json",
        )
    devices = {one.id: one for one in twin.devices}
    seed = twin.simulation.seed
    return {
        one.device: _messages(one, _payloads(twin, one, devices[one.device], seed), seed)
        for one in twin.simulation.devices
    }


def in_order(twin: Twin) -> Iterator[Planned]:
    """Yield the messages of all devices in the order of their times, without end.

    Raises:
        NothingToSimulateError: The twin has no simulation.
    """
    return merge(*schedules(twin).values(), key=lambda one: one.due)


def _messages(
    one: SimulatedDevice, payload: Callable[[float], Mapping[str, object]], seed: int
) -> Iterator[Planned]:
    chance = Random(f"{seed}/{one.device}/jitter")  # noqa: S311 - a simulation
    for number in count():
        due = one.every * (number + one.jitter * chance.random())
        yield Planned(due, one.device, payload(due))


def _payloads(
    twin: Twin, one: SimulatedDevice, device: Device, seed: int
) -> Callable[[float], Mapping[str, object]]:
    """Return what makes the next payload of a device, called once a message."""
    begin: dict[str, object] = {DEVICE: one.device, TIME: ""}
    if one.payloads is not None:
        listed = twin.payloads[one.device]
        numbers = count()
        return lambda _: {**begin, **listed[next(numbers) % len(listed)]}
    types = {each.name: each.data_type for each in device.properties}
    by_name = {
        name: series(pattern, types[name], Random(f"{seed}/{one.device}/{name}"))  # noqa: S311
        for name, pattern in one.properties.items()
    }
    return lambda due: {**begin, **{name: value(due) for name, value in by_name.items()}}
