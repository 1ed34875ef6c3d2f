"""What containers of an app use, as Azure Monitor has it.

https://learn.microsoft.com/rest/api/monitor/metrics/list and, for the names and dimensions of what
container apps tell,
https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-app-containerapps-metrics
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from funcyard.azure.manager import Manager
    from funcyard.azure.resource_ids import ResourceId

_VERSION: Final = "2023-10-01"
_LATELY: Final = timedelta(minutes=10)
"""Metrics come a few minutes late."""

_CPU: Final = "UsageNanoCores"
_MEMORY: Final = "WorkingSetBytes"
_UNITS: Final = {_CPU: 1e9, _MEMORY: float(1 << 30)}


@dataclass(frozen=True, slots=True)
class Usage:
    """What replicas use together.

    Attributes:
        cpu: vCPUs; None where that is not told.
        memory: GiB; None where that is not told.
    """

    cpu: float | None = None
    memory: float | None = None


async def usage_of(manager: Manager, app: ResourceId, now: datetime) -> dict[str, Usage]:
    """Return what the replicas of each revision of an app used lately, by the revision's name.

    Args:
        manager: Who is asked.
        app: The app.
        now: The time.

    Raises:
        AzureFailedError: It cannot be read.
    """
    start, end = (f"{one.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" for one in (now - _LATELY, now))
    query = {
        "metricnames": f"{_CPU},{_MEMORY}",
        "aggregation": "average",
        "interval": "PT1M",
        "timespan": f"{start}/{end}",
        "$filter": "revisionName eq '*' and podName eq '*'",
    }
    path = f"{app}/providers/Microsoft.Insights/metrics?{urlencode(query, quote_via=quote)}"
    with azure_errors(f"reading what {app.name} uses"):
        body = (await manager.send("GET", path, _VERSION)).body
    sums: dict[str, dict[str, float]] = {}
    for metric, revision, value in _told(body):
        known = sums.setdefault(revision, {})
        known[metric] = known.get(metric, 0.0) + value / _UNITS[metric]
    return {name: Usage(one.get(_CPU), one.get(_MEMORY)) for name, one in sums.items()}


def _told(body: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Yield the last value of each replica: the metric, its revision, the value."""
    for one in _list(body.get("value")):
        metric = _named(one)
        if metric not in _UNITS:
            continue
        for series in _list(one.get("timeseries")):
            values = [point.get("average") for point in _list(series.get("data"))]
            numbers = [value for value in values if isinstance(value, int | float)]
            if numbers:
                yield metric, _revision(series), float(numbers[-1])


def _revision(series: dict[str, Any]) -> str:
    for one in _list(series.get("metadatavalues")):
        if _named(one).lower() == "revisionname":
            return str(one.get("value", ""))
    return ""


def _named(document: dict[str, Any]) -> str:
    name = document.get("name")
    return str(name.get("value", "")) if isinstance(name, dict) else ""


def _list(found: object) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
