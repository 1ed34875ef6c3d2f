"""What is done when a cold room becomes too warm."""

from __future__ import annotations

from typing import Any


def process(event: dict[str, Any]) -> dict[str, Any]:
    """Return the alarm that people on duty are shown."""
    return {
        "alarm": "too warm",
        "where": event["iotDeviceId"],
        "temperature": event.get("temperature"),
        "since": event.get("time"),
    }
