"""Take readings of a device from another cloud and keep them in cold storage.

The mover that sends them says, too, once hot storage has let go of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from funcyard.twin.contract.envelopes import read_envelope
from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.times import read_time, write_time
from funcyard.twin.providers.azure.azure_functions.shared.chunks import read_item

if TYPE_CHECKING:
    from funcyard.twin.contract.telemetry import Telemetry
    from funcyard.twin.providers.azure.azure_functions.shared.asking import Asked
    from funcyard.twin.providers.azure.azure_functions.shared.services import Services


async def answer(asked: Asked, services: Services) -> object:
    """Keep them, and say how many of them can be read again, and what tells them from others."""
    envelope = read_envelope(asked.body, "chunk", "release")
    if envelope.message_type == "release":
        before, apart = _release(envelope.payload)
        await services.cold.release(before, apart)
        return {}
    device, readings, held = _chunk(envelope.payload)
    return (await services.cold.add(device, readings, held=held)).as_json()


def _release(payload: object) -> tuple[str, list[str]]:
    """Return the time before which hot storage has nothing left, and the devices apart from that.

    Raises:
        ContractError: The payload does not say so.
    """
    told = payload if isinstance(payload, Mapping) else {}
    before, apart = told.get("before"), told.get("except")
    if not isinstance(before, str) or not isinstance(apart, list):
        raise ContractError("a release is an object with before and except")
    return write_time(read_time(before)), [str(one) for one in apart]


def _chunk(payload: object) -> tuple[str, list[Telemetry], bool]:
    """Return the device, its readings, and whether they are held until they are released.

    Raises:
        ContractError: The payload holds no such, or of several devices, or not in their order.
    """
    told = payload if isinstance(payload, Mapping) else {}
    items, held = told.get("items"), told.get("held", False)
    if not isinstance(items, list) or not items or not isinstance(held, bool):
        raise ContractError("a chunk is an object with items, and held as true or false")
    readings = [read_item(one) for one in items]
    if len({one.device for one in readings}) != 1:
        raise ContractError("a chunk holds readings of one device")
    times = [one.time for one in readings]
    if times != sorted(set(times)):
        raise ContractError("the readings of a chunk are in the order of their times")
    return readings[0].device, readings, held
