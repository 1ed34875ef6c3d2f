"""What a device says: who, when, and values by property."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from .errors import ContractError
from .times import read_time, write_time

if TYPE_CHECKING:
    from datetime import datetime

Scalar: TypeAlias = bool | int | float | str

DEVICE: Final = "iotDeviceId"
TIME: Final = "time"

_DEVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9_]{0,62}[A-Za-z0-9])?")
_LARGEST = 2**63
_NO_CHARACTER = re.compile("[\ud800-\udfff]")
_RESERVED = frozenset({DEVICE, TIME, "id"})


@dataclass(frozen=True, slots=True)
class Telemetry:
    """One message of a device.

    Attributes:
        device: The device's id.
        time: When it was measured, as ``times.py`` writes it.
        values: What was measured, by property.
    """

    device: str
    time: str
    values: Mapping[str, Scalar]

    def as_json(self) -> dict[str, Scalar]:
        """Return it as it is handed on."""
        return {DEVICE: self.device, TIME: self.time, **self.values}


def read_telemetry(body: object, *, now: datetime, device: str | None = None) -> Telemetry:
    """Return the message that a JSON document means.

    Args:
        body: The document.
        now: When the message was measured that says no time, or an empty one.
        device: Who sent it, where that is known for sure: it may then be left out of the message,
            and nobody can speak for another.

    Raises:
        ContractError: It is no message.
    """
    if not isinstance(body, Mapping):
        raise ContractError("a message is a JSON object")
    named = body.get(DEVICE, device)
    if not isinstance(named, str) or not _DEVICE.fullmatch(named):
        raise ContractError(f"{DEVICE} is missing or no id of a device")
    if device is not None and named != device:
        raise ContractError(f"{DEVICE} is not the device that sent the message")
    told = body.get(TIME, "")
    if not isinstance(told, str):
        raise ContractError(f"{TIME} is no text")
    time = write_time(read_time(told) if told else now)
    values = {
        name: _scalar(name, value) for name, value in body.items() if name not in {DEVICE, TIME}
    }
    if not values:
        raise ContractError("the message holds no property")
    return Telemetry(named, time, values)


def _scalar(name: object, value: object) -> Scalar:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in _RESERVED:
        raise ContractError("a property has a name that is not taken")
    if isinstance(value, float) and not math.isfinite(value):
        raise ContractError(f"{name} is no finite number")
    if not isinstance(value, (bool, int, float, str)):
        raise ContractError(f"{name} is neither number, text nor truth value")
    if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
        raise ContractError(f"{name} is no number of 64 bits")
    if isinstance(value, str) and _NO_CHARACTER.search(value):
        raise ContractError(f"{name} holds half of a character")
    return value
