"""The sensor of the second cold room tells its temperature in Fahrenheit."""

from __future__ import annotations

from typing import Any


def process(event: dict[str, Any]) -> dict[str, Any]:
    """Return a reading with its temperature in degrees Celsius."""
    if "temperature" not in event:
        return event
    return {**event, "temperature": round((event["temperature"] - 32) * 5 / 9, 2)}
