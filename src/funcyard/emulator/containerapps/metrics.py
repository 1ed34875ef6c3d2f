"""What container apps tell to Azure Monitor, under Azure's names.

https://learn.microsoft.com/azure/azure-monitor/reference/supported-metrics/microsoft-app-containerapps-metrics
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from funcyard.emulator.monitor.models import MINUTE, Metric, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.emulator.containerapps.metering import Reading
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept

_REVISION: Final = "revisionName"
_REPLICA: Final = "podName"
_NANO: Final = 1e9

CPU: Final = Metric(
    name="UsageNanoCores",
    display="CPU Usage",
    description=(
        "CPU consumed by the container app, in nano cores. 1,000,000,000 nano cores = 1 core"
    ),
    unit="NanoCores",
    primary="Average",
    dimensions=(_REVISION, _REPLICA),
)
MEMORY: Final = Metric(
    name="WorkingSetBytes",
    display="Memory Working Set Bytes",
    description="Container App working set memory used in bytes.",
    unit="Bytes",
    primary="Average",
    dimensions=(_REVISION, _REPLICA),
)
REPLICAS: Final = Metric(
    name="Replicas",
    display="Replica Count",
    description="Number of replicas count of container app",
    unit="Count",
    primary="Maximum",
    dimensions=(_REVISION,),
)
RESTARTS: Final = Metric(
    name="RestartCount",
    display="Replica Restart Count",
    description="Restart count of container app replicas",
    unit="Count",
    primary="Maximum",
    dimensions=(_REVISION, _REPLICA),
)
CPU_SHARE: Final = Metric(
    name="CpuPercentage",
    display="CPU Usage Percentage (Preview)",
    description="Percentage of CPU limit used in percentage points",
    unit="Percent",
    primary="Average",
    dimensions=(_REPLICA,),
)
MEMORY_SHARE: Final = Metric(
    name="MemoryPercentage",
    display="Memory Percentage (Preview)",
    description="Percentage of memory limit used, in percentage points",
    unit="Percent",
    primary="Average",
    dimensions=(_REPLICA,),
)


class AppMetrics:
    """The metrics of apps, from the readings of their replicas."""

    metrics: Final = (CPU, MEMORY, REPLICAS, RESTARTS, CPU_SHARE, MEMORY_SHARE)

    async def values(self, core: Core, kept: Kept, since: float, until: float) -> list[Value]:
        """Return all values of an app; those of this minute are measured now.

        Args:
            core: Where it is.
            kept: The app.
            since: When the earliest minute began.
            until: Before which the last began.
        """
        meter, now = core.container_apps.meter, core.clock.time()
        if since <= now // MINUTE * MINUTE < until:
            await meter.measure(now, kept.key)
        return list(values_of(meter.readings(kept.key, since, until)))


def values_of(readings: Iterable[Reading]) -> Iterator[Value]:
    """Yield what readings tell of each metric; replicas are those that were read in a minute."""
    counts: Counter[tuple[float, str]] = Counter()
    for one in readings:
        counts[one.minute, one.revision] += 1
        for metric, value in (
            (CPU, one.cores * _NANO),
            (MEMORY, one.memory),
            (RESTARTS, one.restarts),
            (CPU_SHARE, one.share_of_cores * 100),
            (MEMORY_SHARE, one.share_of_memory * 100),
        ):
            known = {_REVISION: one.revision, _REPLICA: one.replica}
            apart = {name: known[name] for name in metric.dimensions}
            yield Value(metric.name, one.minute, value, apart)
    for (minute, revision), count in counts.items():
        yield Value(REPLICAS.name, minute, count, {_REVISION: revision})
