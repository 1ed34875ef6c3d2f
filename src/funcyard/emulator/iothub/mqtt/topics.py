"""The topics of a hub, and the properties that stand in them.

https://learn.microsoft.com/azure/iot/iot-mqtt-connect-to-iot-hub
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from funcyard.emulator.iothub.telemetry import Telemetry

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.iothub.store import Message

METHODS: Final = "$iothub/methods/POST/#"
TWIN_ANSWERS: Final = "$iothub/twin/res/#"
DESIRED: Final = "$iothub/twin/PATCH/properties/desired/#"
TWIN_GET: Final = re.compile(r"\$iothub/twin/GET/\?\$rid=([^&]{0,1024})(?:&.*)?")
TWIN_PATCH: Final = re.compile(
    r"\$iothub/twin/PATCH/properties/reported/\?\$rid=([^&]{0,1024})(?:&.*)?"
)
METHOD_ANSWER: Final = re.compile(
    r"\$iothub/methods/res/(-?\d{1,10})/\?\$rid=([^&]{0,1024})(?:&.*)?"
)
_SYSTEM: Final = {
    "$.mid": "message-id",
    "$.cid": "correlation-id",
    "$.uid": "user-id",
    "$.ct": "content-type",
    "$.ce": "content-encoding",
    "$.ctime": "creation-time",
    "$.ifid": "interface",
    "$.sub": "dt-subject",
}
_TO_DEVICE: Final = {
    "message-id": "$.mid",
    "correlation-id": "$.cid",
    "user-id": "$.uid",
    "content-type": "$.ct",
    "content-encoding": "$.ce",
    "expiry": "$.exp",
}


def of_messages(device: str) -> str:
    """Return what a device subscribes to for messages of services."""
    return f"devices/{device}/messages/devicebound/#"


def allowed(device: str) -> frozenset[str]:
    """Return all that a device may subscribe to."""
    return frozenset({of_messages(device), METHODS, TWIN_ANSWERS, DESIRED})


def telemetry(topic: str, device: str, payload: bytes) -> Telemetry | None:
    """Return the message that a device sent to a topic; None where that is for no messages."""
    begin = f"devices/{device}/messages/events"
    if topic != begin and not topic.startswith(f"{begin}/"):
        return None
    properties, system = {}, {}
    text = topic.removeprefix(begin).strip("/").removeprefix("?")
    for pair in text.split("&") if text else ():
        name, _, value = (unquote(part) for part in pair.partition("="))
        if name in _SYSTEM:
            system[_SYSTEM[name]] = value
        else:
            properties[name] = value
    return Telemetry(payload, properties, system)


def of_message(device: str, message: Message) -> str:
    """Return the topic under which a device gets a message: its properties stand there."""
    told = {"$.to": f"/devices/{device}/messages/devicebound"}
    told |= {
        short: message.system[own] for own, short in _TO_DEVICE.items() if own in message.system
    }
    told |= message.properties
    pairs = "&".join(
        f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in told.items()
    )
    return f"devices/{device}/messages/devicebound/{pairs}"


def of_method(name: str, request: str) -> str:
    """Return the topic of a call."""
    return f"$iothub/methods/POST/{quote(name, safe='')}/?$rid={request}"


def of_twin_answer(status: int, request: str, more: Json | None = None) -> str:
    """Return the topic of the answer to a question about the twin."""
    told = "".join(f"&{name}={value}" for name, value in (more or {}).items())
    return f"$iothub/twin/res/{status}/?$rid={request}{told}"


def of_desired(version: int) -> str:
    """Return the topic under which a device gets what of its desired properties changed."""
    return f"$iothub/twin/PATCH/properties/desired/?$version={version}"
