"""What HTTPS carries beside the body of a message: properties and what the protocol knows.

https://learn.microsoft.com/rest/api/iothub/device/send-device-event
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.iothub.store import Message

_NAME: Final = re.compile(r"[^A-Za-z0-9!#$&'*+.^_`|~-]")
_VALUE: Final = re.compile(r"[^ -~]")
_APP: Final = "iothub-app-"
_SYSTEM: Final = {
    "iothub-messageid": "message-id",
    "iothub-correlationid": "correlation-id",
    "iothub-userid": "user-id",
    "iothub-contenttype": "content-type",
    "iothub-contentencoding": "content-encoding",
    "iothub-expiry": "expiry",
}


def read(headers: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the properties of a message, and what the protocol knows of it."""
    properties = {
        name.removeprefix(_APP): value for name, value in headers.items() if name.startswith(_APP)
    }
    system = {own: headers[name] for name, own in _SYSTEM.items() if name in headers}
    return properties, system


def written(lock: str, message: Message) -> Answer:
    """Return the answer that hands a message over."""
    told = {
        "etag": f'"{lock}"',
        "iothub-sequencenumber": str(message.number),
        "iothub-enqueuedtime": message.enqueued,
        "iothub-deliverycount": str(message.deliveries),
        "iothub-to": message.system.get("to", ""),
        "content-type": message.system.get("content-type", "application/octet-stream"),
    }
    told |= {name: message.system[own] for name, own in _SYSTEM.items() if own in message.system}
    told |= {
        f"{_APP}{_NAME.sub(_quoted, name)}": value for name, value in message.properties.items()
    }
    safe = {name: _VALUE.sub(_quoted, value) for name, value in told.items()}
    return Answer(200, message.body, safe)


def _quoted(found: re.Match[str]) -> str:
    """Return what no header holds, as it stands in addresses."""
    return quote(found[0], safe="")
