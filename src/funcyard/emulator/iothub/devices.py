"""Devices of a hub's registry, as they are kept and as they are shown.

https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-identity-registry
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.iothub import errors
from funcyard.emulator.iothub.policies import is_key, new_key
from funcyard.emulator.iothub.twins import Twin

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

NEVER: Final = "0001-01-01T00:00:00Z"
_ID: Final = re.compile(r"[A-Za-z0-9\-.%_*?!(),:=@$']{1,128}")
_STATUSES: Final = ("enabled", "disabled")
_LONGEST_REASON: Final = 128
_KNOWN: Final = frozenset(
    {
        *("deviceId", "generationId", "etag", "connectionState", "status", "statusReason"),
        *("connectionStateUpdatedTime", "statusUpdatedTime", "lastActivityTime"),
        *("cloudToDeviceMessageCount", "authentication", "capabilities", "deviceScope"),
        *("parentScopes", "importMode", "tags", "properties", "eTag", "id", "modules"),
    }
)


@dataclass(frozen=True, slots=True)
class Device:
    """A device.

    Attributes:
        id: Its own, in the case that was given.
        generation: Which of those that had the id one after another it is.
        number: Which version of its identity this is.
        status: ``enabled`` or ``disabled``.
        reason: Why, for a person.
        status_changed: When.
        primary: A key, in base64.
        secondary: The other.
        twin: What it is meant to be, and what it says that it is.
        connection_changed: When it last connected or left.
        active: When it last sent anything, as far as that is kept.
        connections: How often it has connected or left.
        topics: What it stays subscribed to while it is away.
    """

    id: str
    generation: str
    number: int
    primary: str = field(repr=False)
    secondary: str = field(repr=False)
    status: str = "enabled"
    reason: str | None = None
    status_changed: str = NEVER
    twin: Twin = field(default_factory=Twin)
    connection_changed: str = NEVER
    active: str = NEVER
    connections: int = 0
    topics: tuple[str, ...] = ()

    @property
    def etag(self) -> str:
        """The mark of this version of its identity."""
        return base64.b64encode(str(self.number).encode()).decode()

    @property
    def keys(self) -> tuple[str, str]:
        """Its keys; both open the same."""
        return self.primary, self.secondary

    @property
    def is_enabled(self) -> bool:
        """Whether it may connect."""
        return self.status == "enabled"


def shown(device: Device, *, is_connected: bool, waiting: int) -> Json:
    """Return a device as a registry shows it.

    Args:
        device: Which.
        is_connected: Whether it is.
        waiting: How many messages wait for it.
    """
    return {
        "deviceId": device.id,
        "generationId": device.generation,
        "etag": device.etag,
        "connectionState": "Connected" if is_connected else "Disconnected",
        "status": device.status,
        "statusReason": device.reason,
        "connectionStateUpdatedTime": device.connection_changed,
        "statusUpdatedTime": device.status_changed,
        "lastActivityTime": device.active,
        "cloudToDeviceMessageCount": waiting,
        "authentication": {
            "symmetricKey": {"primaryKey": device.primary, "secondaryKey": device.secondary},
            "x509Thumbprint": {"primaryThumbprint": None, "secondaryThumbprint": None},
            "type": "sas",
        },
        "capabilities": {"iotEdge": False},
    }


def made(name: str, body: Json, *, generation: str, number: int) -> Device:
    """Return a new device.

    Raises:
        HubError: It can be none.
    """
    if not _ID.fullmatch(name):
        raise errors.bad_argument(f"'{name}' is not a device ID.")
    blank = Device(name, generation, number, new_key(), new_key())
    return _with(blank, body)


def changed(device: Device, body: Json, now: str) -> Device:
    """Return a device after its identity was replaced.

    Raises:
        HubError: It cannot be so.
    """
    after = _with(replace(device, number=device.number + 1), body)
    if after.status != device.status:
        after = replace(after, status_changed=now)
    return after


def _with(device: Device, body: Json) -> Device:
    unknown = body.keys() - _KNOWN
    if unknown:
        raise errors.bad_argument(f"Unknown member '{min(unknown)}'.")
    given = body.get("deviceId", device.id)
    if given != device.id:
        raise errors.bad_argument(f"The body is of device '{given}', the address of '{device.id}'.")
    status = body.get("status") or "enabled"
    if status not in _STATUSES:
        raise errors.bad_argument(f"'{status}' is not a status.")
    reason = body.get("statusReason")
    if reason is not None and (not isinstance(reason, str) or len(reason) > _LONGEST_REASON):
        raise errors.bad_argument("The status reason is too long.")
    for name, others in (("capabilities", {"iotEdge": False}), ("deviceScope", "")):
        if body.get(name) and body[name] != others:
            raise errors.not_served(f"devices with '{name}'")
    keys = _keys(body.get("authentication") or {})
    primary, secondary = keys or device.keys
    return replace(device, status=status, reason=reason, primary=primary, secondary=secondary)


def _keys(authentication: Any) -> tuple[str, str] | None:  # noqa: ANN401 - JSON
    """Return the keys that are given; None where the hub is to choose, or nothing changes."""
    if not isinstance(authentication, dict):
        raise errors.bad_argument("The authentication is no object.")
    kind = authentication.get("type") or "sas"
    parts = [authentication.get(name) or {} for name in ("x509Thumbprint", "symmetricKey")]
    if not all(isinstance(part, dict) for part in parts):
        raise errors.bad_argument("A part of the authentication is no object.")
    thumbprints, given = parts[0].values(), parts[1]
    if kind != "sas" or any(thumbprints):
        raise errors.not_served(f"devices that sign in by '{kind}'", "Use symmetric keys.")
    keys = (given.get("primaryKey"), given.get("secondaryKey"))
    if not any(keys):
        return None
    if not all(map(is_key, keys)):
        raise errors.bad_argument("Both keys are base64 of 16 to 64 bytes, or neither is given.")
    return str(keys[0]), str(keys[1])
