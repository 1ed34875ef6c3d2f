"""What containers of an app use, as Azure Monitor has it.

https://learn.microsoft.com/rest/api/monitor/metrics/list and, for the names and dimensions of what
container apps tell,
https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-app-containerapps-metrics
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.azure.manager import Manager
    from funcyard.azure.resource_ids import ResourceId

_VERSION: Final = "2023-10-01"
_LATELY: Final = timedelta(minutes=10)
"""Metrics come a few minutes late."""

_LATE: Final = timedelta(minutes=1)
"""A replica whose last value is older than others' by more has ended."""

_MOST: Final = 1000
"""Of how many replicas values are wanted; Azure tells of ten where nobody says."""

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
        "top": str(_MOST),
        "$filter": "revisionName eq '*' and podName eq '*'",
    }
    path = f"{app}/providers/Microsoft.Insights/metrics?{urlencode(query, quote_via=quote)}"
    with azure_errors(f"reading what {app.name} uses"):
        body = (await manager.send("GET", path, _VERSION)).body
    sums: dict[str, dict[str, float]] = {}
    for metric in _UNITS:
        last = [one for one in _told(body) if one.metric == metric]
        newest = max((one.time for one in last), default=now)
        for one in last:
            if newest - one.time <= _LATE:
                known = sums.setdefault(one.revision, {})
                known[metric] = known.get(metric, 0.0) + one.value / _UNITS[metric]
    return {name: Usage(one.get(_CPU), one.get(_MEMORY)) for name, one in sums.items()}


@dataclass(frozen=True, slots=True)
class _Last:
    """The last value of a replica.

    Attributes:
        metric: Of what.
        revision: Of the replica.
        time: When its minute began.
        value: In the metric's unit.
    """

    metric: str
    revision: str
    time: datetime
    value: float


def _told(body: dict[str, Any]) -> Iterator[_Last]:
    """Yield the last value of each replica."""
    for one in _list(body.get("value")):
        for series in _list(one.get("timeseries")):
            for point in reversed(_list(series.get("data"))):
                time, value = _time(point.get("timeStamp")), point.get("average")
                if time is not None and isinstance(value, int | float):
                    yield _Last(_named(one), _revision(series), time, float(value))
                    break


def _time(found: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(found))
    except ValueError:
        return None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


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
