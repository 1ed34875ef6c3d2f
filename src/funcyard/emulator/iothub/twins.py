"""Twins of devices: tags, desired and reported properties, each value with the time it was set.

https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-device-twins
"""

from __future__ import annotations

import base64
import json
import re
import struct
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.iothub import errors

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json

_MOST_LEVELS: Final = 10
_LONGEST_NAME: Final = 1024
_LONGEST_TEXT: Final = 4096
_FORBIDDEN: Final = frozenset(".$# ")
_SIZES: Final = {"tags": 8 * 1024, "desired": 32 * 1024, "reported": 32 * 1024}
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INTEGERS: Final = range(-(2**52), 2**52)


@dataclass(frozen=True, slots=True)
class Part:
    """The desired or the reported properties.

    Attributes:
        values: What is set.
        metadata: When, in the same shape.
        version: How often it was changed, from 1.
    """

    values: Json = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True, slots=True)
class Twin:
    """A twin.

    Attributes:
        tags: What the device never sees.
        desired: What it is to be.
        reported: What it says that it is.
        number: Which version this is of what services write.
        version: How often anything was changed.
    """

    tags: Json = field(default_factory=dict)
    desired: Part = field(default_factory=Part)
    reported: Part = field(default_factory=Part)
    number: int = 1
    version: int = 2

    @property
    def etag(self) -> str:
        """The mark of what services wrote last."""
        return base64.b64encode(struct.pack(">Q", self.number)).decode()


def kept(values: Json) -> Twin:
    """Return a twin as it was kept."""
    parts = {name: Part(**values[name]) for name in ("desired", "reported")}
    return Twin(**{**values, **parts})


def for_service(part: Part) -> Json:
    """Return properties as services see them."""
    return {**part.values, "$metadata": part.metadata, "$version": part.version}


def for_device(twin: Twin) -> Json:
    """Return the properties as the device sees them."""
    return {
        name: {**part.values, "$version": part.version}
        for name, part in (("desired", twin.desired), ("reported", twin.reported))
    }


def patched(
    twin: Twin, body: Json, now: str, *, is_whole: bool = False
) -> tuple[Twin, Json | None]:
    """Return a twin after a service changed it, and what of its desired properties was.

    Args:
        twin: Before.
        body: What is to change: ``tags`` and ``properties.desired``.
        now: The time of day.
        is_whole: Whether what is not named is removed.

    Raises:
        HubError: It cannot be so.
    """
    properties = body.get("properties") or {}
    if not isinstance(properties, dict):
        raise errors.bad_argument("The properties are no object.")
    given, desired = body.get("tags"), properties.get("desired")
    tags = twin.tags
    if given is not None:
        checked = _checked(given, "tags")
        tags = merged({} if is_whole else tags, checked)
        _check_size(tags, "tags")
    after, change = twin.desired, None
    if desired is not None:
        change = _checked(desired, "desired")
        after = _changed(Part(version=after.version) if is_whole else after, change, now, "desired")
    elif is_whole:
        after = Part(metadata={"$lastUpdated": now}, version=after.version + 1)
    if is_whole:
        change = {**dict.fromkeys(twin.desired.values), **(change or {})}
    number, version = twin.number + 1, twin.version + 1
    return replace(twin, tags=tags, desired=after, number=number, version=version), change


def reported(twin: Twin, body: Any, now: str) -> Twin:  # noqa: ANN401 - JSON
    """Return a twin after its device reported a change.

    Raises:
        HubError: It cannot be so.
    """
    change = _checked(body, "reported")
    after = _changed(twin.reported, change, now, "reported")
    return replace(twin, reported=after, version=twin.version + 1)


def merged(before: Json, change: Json) -> Json:
    """Return properties after a change: nothing there means remove, objects are merged."""
    result = dict(before)
    for name, value in change.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            old = result.get(name)
            result[name] = merged(old if isinstance(old, dict) else {}, value)
        else:
            result[name] = value
    return result


def _changed(part: Part, change: Json, now: str, what: str) -> Part:
    values = merged(part.values, change)
    _check_size(values, what)
    version = part.version + 1
    stamp: Json = {"$lastUpdated": now}
    if what == "desired":
        stamp["$lastUpdatedVersion"] = version
    return Part(values, _stamped(part.metadata, change, values, stamp), version)


def _stamped(before: Json, change: Json, values: Json, stamp: Json) -> Json:
    """Return when each value was set: those of a change now, the others as before."""
    result: Json = {**before, **stamp}
    for name, value in change.items():
        if name not in values:
            result.pop(name, None)
        elif isinstance(value, dict):
            old = result.get(name)
            result[name] = _stamped(old if old is not None else {}, value, values[name], stamp)
        else:
            result[name] = dict(stamp)
    return result


def _checked(value: Any, what: str) -> Json:  # noqa: ANN401 - JSON
    """Return a change, which has no names or values that a twin has not.

    Raises:
        HubError: It has.
    """
    if not isinstance(value, dict):
        raise errors.bad_argument(f"The {what} are no object.")
    own = {name: one for name, one in value.items() if name not in {"$version", "$metadata"}}
    _check_value(own, what, 1)
    return own


def _check_value(value: Any, what: str, level: int) -> None:  # noqa: ANN401 - JSON
    if isinstance(value, str) and len(value.encode()) > _LONGEST_TEXT:
        raise errors.bad_argument(f"A text of the {what} is longer than {_LONGEST_TEXT} bytes.")
    if isinstance(value, int) and not isinstance(value, bool) and value not in _INTEGERS:
        raise errors.bad_argument(f"A number of the {what} is too large.")
    if not isinstance(value, dict | list):
        return
    if level > _MOST_LEVELS:
        raise errors.bad_argument(f"The {what} are deeper than {_MOST_LEVELS} levels.")
    if isinstance(value, dict):
        for name in value:
            _check_name(name, what)
    for one in value.values() if isinstance(value, dict) else value:
        _check_value(one, what, level + 1)


def _check_name(name: str, what: str) -> None:
    is_long = len(name.encode()) > _LONGEST_NAME
    if not name or is_long or _FORBIDDEN & set(name) or _CONTROLS.search(name):
        raise errors.bad_argument(f"'{name}' is not a name of the {what}.")


def _check_size(values: Json, what: str) -> None:
    if len(json.dumps(values, ensure_ascii=False).encode()) > _SIZES[what]:
        raise errors.bad_argument(f"The {what} are larger than {_SIZES[what] // 1024} KB.")
