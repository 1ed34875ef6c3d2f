"""What devices send and what becomes of them, as the events that Event Grid delivers.

https://learn.microsoft.com/azure/event-grid/event-schema-iot-hub
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator import strict_json
from funcyard.emulator.core.events import Event

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.iothub.devices import Device

LARGEST: Final = 256 * 1024
_SIGNED_IN: Final = json.dumps(
    {"scope": "device", "type": "sas", "issuer": "iothub", "acceptingIpFilterRule": None},
    separators=(",", ":"),
)
_JSON: Final = "application/json"
_ENCODINGS: Final = ("utf-8", "utf-16", "utf-32")
_NAMES: Final = {
    "content-type": "iothub-content-type",
    "content-encoding": "iothub-content-encoding",
    "creation-time": "iothub-creation-time-utc",
    "interface": "iothub-interface-id",
}


@dataclass(frozen=True, slots=True)
class Telemetry:
    """A message of a device.

    Attributes:
        body: Itself.
        properties: What the device says of it.
        system: What the protocol knows of it: ``message-id``, ``content-type`` and the like.
    """

    body: bytes = field(repr=False)
    properties: dict[str, str]
    system: dict[str, str]


def of_message(device: Device, sent: Telemetry, now: str) -> Event:
    """Return the event of a message.

    Args:
        device: Who sent it.
        sent: What.
        now: When it came.
    """
    system = {_NAMES.get(name, name): value for name, value in sent.system.items()}
    system |= {
        "iothub-connection-device-id": device.id,
        "iothub-connection-auth-method": _SIGNED_IN,
        "iothub-connection-auth-generation-id": device.generation,
        "iothub-enqueuedtime": now,
        "iothub-message-source": "Telemetry",
    }
    data = {
        "properties": sent.properties,
        "systemProperties": system,
        "body": _body(sent.body, sent.system),
    }
    return _event("DeviceTelemetry", device, data, now)


def of_registry(what: str, hub: str, device: Device, twin: Json, now: str) -> Event:
    """Return the event of a device that came to be or is no more.

    Args:
        what: ``Created`` or ``Deleted``.
        hub: The hub's name.
        device: Which.
        twin: Its twin, as services see it.
        now: When.
    """
    data = {"twin": twin, "hubName": hub, "deviceId": device.id}
    return _event(f"Device{what}", device, data, now)


def of_connection(what: str, hub: str, device: Device, now: str) -> Event:
    """Return the event of a device that connected or left.

    Args:
        what: ``Connected`` or ``Disconnected``.
        hub: The hub's name.
        device: Which, with the number of this change.
        now: When.
    """
    number = f"{int(device.generation):032X}{device.connections:032X}"
    data = {
        "deviceConnectionStateEventInfo": {"sequenceNumber": number},
        "hubName": hub,
        "deviceId": device.id,
    }
    return _event(f"Device{what}", device, data, now)


def _event(what: str, device: Device, data: Json, now: str) -> Event:
    return Event(
        type=f"Microsoft.Devices.{what}", subject=f"devices/{device.id}", time=now, data=data
    )


def _body(body: bytes, system: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    """Return a body as it is where it is said to be JSON in Unicode and is, else in base64."""
    encoding = system.get("content-encoding", "").lower()
    if system.get("content-type", "").lower() == _JSON and encoding in _ENCODINGS:
        try:
            return strict_json.read(body.decode(encoding))
        except ValueError:
            pass
    return base64.b64encode(body).decode()
