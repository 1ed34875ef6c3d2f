"""What functions know of each device, in a document of its own.

So a device that comes, changes or goes changes nothing else. The documents are blobs of one
container in every subscription with functions that ask for them: ``devices/ID.json`` describes a
device; ``twins/TWIN.json`` says whose readings a twin shows that is not called as its device.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from .errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTAINER: Final = "twin-info"

_SHAPE: Final = 1


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """A device.

    Attributes:
        id: Its id.
        twin: The id of the twin that shows its readings.
        properties: The type of each property.
        has_processor: Whether code of the twin's owner processes its readings.
    """

    id: str
    twin: str
    properties: Mapping[str, str]
    has_processor: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the document that describes it."""
        return {"shape": _SHAPE, **asdict(self)}


def described_in(device: str) -> str:
    """Return the name of the blob that describes a device."""
    return f"devices/{quote(device, safe='')}.json"


def shown_in(twin: str) -> str:
    """Return the name of the blob that says whose readings a twin shows."""
    return f"twins/{quote(twin, safe='')}.json"


def twin_as_json(device: str) -> dict[str, Any]:
    """Return the document of the twin that shows a device's readings."""
    return {"shape": _SHAPE, "device": device}


def read_device(content: bytes) -> DeviceInfo:
    """Return the device that a document describes.

    Raises:
        ContractError: It is none, or has another shape.
    """
    told = _told(content)
    try:
        return DeviceInfo(**told)
    except TypeError as fault:
        raise ContractError("the description of a device is not what this app reads") from fault


def read_twin_device(content: bytes) -> str:
    """Return the device whose readings a twin shows, as a document says.

    Raises:
        ContractError: It says none, or has another shape.
    """
    device = _told(content).get("device")
    if not isinstance(device, str):
        raise ContractError("what is told of a twin is not what this app reads")
    return device


def _told(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError as fault:
        raise ContractError("what is told of a device is no JSON") from fault
    if not isinstance(told, dict) or told.pop("shape", None) != _SHAPE:
        raise ContractError("what is told of a device has another shape than this app reads")
    return told
