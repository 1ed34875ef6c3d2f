"""What environments send to Log Analytics: lines of containers and system events, in batches.

To the workspace that ``appLogsConfiguration`` names, if its key is one of that workspace's; to none
otherwise, as in Azure without a word.
https://learn.microsoft.com/azure/container-apps/log-monitoring
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator.loganalytics.models import workspace
from funcyard.emulator.loganalytics.tables import CONSOLE, SYSTEM

if TYPE_CHECKING:
    from funcyard.emulator.containerapps.events import SystemEvent
    from funcyard.emulator.containerapps.fleet import Replica
    from funcyard.emulator.containerapps.runtime.interface import Running
    from funcyard.emulator.containerapps.runtime.told import LogLine
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json

_PAUSE_SECONDS: Final = 0.1


class Shipping:
    """What is on its way to workspaces."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[Json]] = {}
        self._timer: asyncio.TimerHandle | None = None

    def event(self, core: Core, event: SystemEvent) -> None:
        """Send a system event."""
        row = {
            "ReplicaName_s": event.replica,
            "Type_s": event.type,
            "Reason_s": event.reason,
            "EventSource_s": event.source,
            "Count_d": event.count,
            "Level": "info" if event.type == "Normal" else "warning",
        }
        names = (event.name, event.revision)
        self._add(core, event.environment, SYSTEM, event.time, names, event.message, row)

    def line(
        self, core: Core, replica: Replica, running: Running, container: str, line: LogLine
    ) -> None:
        """Send what a container printed."""
        spec, state = running.spec, running.containers + running.init_containers
        images = {one.name: one.image for one in (*spec.containers, *spec.init_containers)}
        row = {
            "ContainerGroupName_s": replica.name,
            "ContainerName_s": container,
            "ContainerImage_s": images.get(container, ""),
            "ContainerId_s": next((one.container_id for one in state if one.name == container), ""),
            "Stream_s": line.stream,
            "_timestamp_d": line.time,
        }
        names = (replica.app.rpartition("/")[2], replica.owner.rpartition("/")[2])
        self._add(core, replica.environment, CONSOLE, line.time, names, line.text, row)

    def _add(
        self,
        core: Core,
        environment: str,
        table: str,
        moment: float,
        names: tuple[str, str],
        text: str,
        row: Json,
    ) -> None:
        stamp = f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
        whole = {
            "TimeGenerated": stamp,
            "ContainerAppName_s": names[0],
            "RevisionName_s": names[1],
            "EnvironmentName_s": environment.rpartition("/")[2],
            "Log_s": text,
            "time_t": stamp,
            "Type": table,
        }
        self._rows.setdefault((environment, table), []).append({**whole, **row})
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PAUSE_SECONDS, self.flush, core)

    def flush(self, core: Core) -> None:
        """Send everything now."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, rows, self._rows = None, self._rows, {}
        for (environment, table), found in rows.items():
            customer = _customer(core, environment)
            if customer is not None:
                core.lines.add(customer, table, found)


def _customer(core: Core, environment: str) -> str | None:
    """Return the workspace that an environment may send to; None where it may to none."""
    kept = core.store.find(environment)
    given = (kept.properties.get("appLogsConfiguration") or {}) if kept is not None else {}
    told = given.get("logAnalyticsConfiguration") or {}
    if str(given.get("destination")).lower() != "log-analytics":
        return None
    found = workspace(core, str(told.get("customerId") or ""))
    if found is None or told.get("sharedKey") not in found.secrets.values():
        return None
    return str(found.properties["customerId"])
