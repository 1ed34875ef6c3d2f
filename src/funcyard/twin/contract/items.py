"""Readings in hot storage: one item a message, found by its device.

An item's id is the reading's time, unique within its device's partition. So what comes twice is
written once, ids order as times do, and the devices of one moment keep out of each other's way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .errors import ContractError
from .telemetry import DEVICE, TIME, Scalar, Telemetry, read_telemetry
from .times import WRITTEN, read_time

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE: Final = "iot-data"
CONTAINER: Final = "hot-data"
PARTITION_KEY: Final = DEVICE
PARTITION_KEY_PATH: Final = f"/{PARTITION_KEY}"
ID: Final = "id"


def item_of(telemetry: Telemetry) -> dict[str, Scalar]:
    """Return the item that keeps a message."""
    return {ID: telemetry.time, PARTITION_KEY: telemetry.device, **telemetry.values}


def telemetry_of(item: Mapping[str, object]) -> Telemetry:
    """Return the message that an item keeps; what Cosmos adds (``_etag``, ``_ts``) is left out.

    Raises:
        ContractError: It keeps none.
    """
    told = item.get(ID)
    if not isinstance(told, str) or not WRITTEN.fullmatch(told):
        raise ContractError("the item's id is no time")
    own = {name: value for name, value in item.items() if name != ID and not name.startswith("_")}
    return read_telemetry({**own, TIME: told}, now=read_time(told))
