"""Telemetry as Event Grid delivers it: what the device said, and what the hub knows of it.

https://learn.microsoft.com/azure/event-grid/event-schema-iot-hub
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.telemetry import Telemetry, read_telemetry
from funcyard.twin.contract.times import read_time

if TYPE_CHECKING:
    from datetime import datetime

_DEVICE: Final = "iothub-connection-device-id"
_TIME: Final = "iothub-enqueuedtime"


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event.

    Attributes:
        id: What tells it from others, the same whenever it is delivered again.
        time: When it happened.
        data: What it says.
    """

    id: str
    time: datetime
    data: object


def telemetry_of_event(event: Arrived) -> Telemetry:
    """Return the reading that an event of a hub carries.

    The hub says who sent it. A reading without a time has the one at which the hub took it, so it
    is the same reading whenever it is delivered again.

    Raises:
        ContractError: It carries none.
    """
    if not isinstance(event.data, Mapping):
        raise ContractError("the event holds no data")
    system = event.data.get("systemProperties")
    device = system.get(_DEVICE) if isinstance(system, Mapping) else None
    if not isinstance(system, Mapping) or not isinstance(device, str):
        raise ContractError("the event does not say which device sent it")
    taken = system.get(_TIME)
    now = read_time(taken) if isinstance(taken, str) else event.time
    return read_telemetry(_body(event.data.get("body")), now=now, device=device)


def _body(body: object) -> object:
    """Return a message's JSON; a hub encodes what does not say that it is JSON."""
    if not isinstance(body, str):
        return body
    try:
        return json.loads(base64.b64decode(body, validate=True))
    except (ValueError, RecursionError) as fault:
        raise ContractError("the message is not JSON") from fault
