"""The tables that environments of Container Apps fill, and the types of their columns.

https://learn.microsoft.com/azure/container-apps/log-monitoring
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CONSOLE: Final = "ContainerAppConsoleLogs_CL"
SYSTEM: Final = "ContainerAppSystemLogs_CL"

COLUMNS: Final[Mapping[str, Mapping[str, str]]] = {
    CONSOLE: {
        "TimeGenerated": "datetime",
        "ContainerAppName_s": "string",
        "RevisionName_s": "string",
        "ContainerGroupName_s": "string",
        "ContainerName_s": "string",
        "ContainerImage_s": "string",
        "ContainerId_s": "string",
        "EnvironmentName_s": "string",
        "Stream_s": "string",
        "Log_s": "string",
        "time_t": "datetime",
        "_timestamp_d": "real",
        "Type": "string",
    },
    SYSTEM: {
        "TimeGenerated": "datetime",
        "ContainerAppName_s": "string",
        "RevisionName_s": "string",
        "ReplicaName_s": "string",
        "EnvironmentName_s": "string",
        "Type_s": "string",
        "Reason_s": "string",
        "Log_s": "string",
        "EventSource_s": "string",
        "Count_d": "real",
        "Level": "string",
        "time_t": "datetime",
        "Type": "string",
    },
}


def table_of(name: str) -> tuple[str, Mapping[str, str]] | None:
    """Return a table's name and its columns, whatever the case of the name; None for none."""
    return next(
        ((own, found) for own, found in COLUMNS.items() if own.lower() == name.lower()), None
    )
