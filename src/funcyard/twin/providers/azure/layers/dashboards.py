"""The dashboard of a device: its numbers over time, its other properties as they are."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from funcyard.twin.contract.functions import function
from funcyard.twin.contract.values import value_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.deploy.refs import Value
    from funcyard.twin.config.devices import Device, Property

PLUGIN: Final = "marcusolsson-json-datasource"
"""The data source that reads JSON over HTTP; Azure Managed Grafana has it."""

SOURCE: Final = "hot-readings"
"""Uid of the data source of a twin's readings."""

_COLUMNS: Final = 2
_WIDTH: Final = 12
_HEIGHT: Final = 8
_UID_LENGTH: Final = 16
_SCHEMA_VERSION: Final = 39
_NUMBERS: Final = frozenset({"DOUBLE", "INTEGER"})


def uid_of(device: str) -> str:
    """Return the uid of a device's dashboard: ids of devices may be longer than those."""
    return f"device-{hashlib.sha256(device.encode()).hexdigest()[:_UID_LENGTH]}"


def dashboard_of(twin: str, device: Device) -> Mapping[str, Value]:
    """Return the document of a device's dashboard.

    Args:
        twin: The twin's name.
        device: The device.
    """
    return {
        "title": f"{twin}: {device.id}",
        "tags": ["funcyard", twin],
        "timezone": "utc",
        "refresh": "5s",
        "time": {"from": "now-15m", "to": "now"},
        "schemaVersion": _SCHEMA_VERSION,
        "panels": [_panel(device, at, one) for at, one in enumerate(device.properties)],
    }


def _panel(device: Device, at: int, of: Property) -> Mapping[str, Value]:
    return {
        "id": at + 1,
        "title": of.name,
        "type": "timeseries" if of.data_type in _NUMBERS else "state-timeline",
        "datasource": {"type": PLUGIN, "uid": SOURCE},
        "gridPos": {
            "x": at % _COLUMNS * _WIDTH,
            "y": at // _COLUMNS * _HEIGHT,
            "w": _WIDTH,
            "h": _HEIGHT,
        },
        "targets": [_target(device, of)],
    }


def _target(device: Device, of: Property) -> Mapping[str, Value]:
    asked: Sequence[Sequence[Value]] = [
        ["entityId", device.id],
        ["selectedProperties", of.name],
        ["startTime", "${__from:date:iso}"],
        ["endTime", "${__to:date:iso}"],
    ]
    values = "$.propertyValues[0].values[*]"
    return {
        "refId": "A",
        "method": "GET",
        "urlPath": f"/{function('hot-reader', 'l3').route}",
        "params": asked,
        "fields": [
            {"jsonPath": f"{values}.time", "name": "time", "type": "time"},
            {"jsonPath": f"{values}.value.{value_name(of.data_type)}", "name": of.name},
        ],
    }
