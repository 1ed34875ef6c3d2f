"""Lines that are in Log Analytics, of revisions that have no replica to ask: never, or no more.

https://learn.microsoft.com/azure/container-apps/log-monitoring
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.azure.log_analytics import query_workspace, text_literal
from funcyard.containerapps.documents import read_moment
from funcyard.containerapps.logs.line import Line
from funcyard.containerapps.logs.sources import Source, by_whole_name
from funcyard.errors import UserError

if TYPE_CHECKING:
    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud
    from funcyard.azure.patience import Patience
    from funcyard.containerapps.environment import Environment
    from funcyard.containerapps.logs.sources import Wanted
    from funcyard.containerapps.observing import Observation

_CONSOLE: Final = "ContainerAppConsoleLogs_CL"
_SYSTEM: Final = "ContainerAppSystemLogs_CL"
_DESTINATION: Final = "log-analytics"
_TICKS: Final = 10_000_000


class NoWorkspaceError(UserError):
    """What is not there to be asked was sent nowhere."""

    code = "no-log-workspace"


async def lines_in_workspace(
    credential: AsyncTokenCredential,
    cloud: Cloud,
    observed: Observation,
    wanted: Wanted,
    most: int,
    *,
    patience: Patience | None = None,
) -> list[Line]:
    """Return the last lines of an app that its environment sent to Log Analytics, by their time.

    Args:
        credential: Who asks.
        cloud: Where the workspace is.
        observed: The app and its environment.
        wanted: Which lines.
        most: How many.
        patience: Waits where the workspace is busy; None for not at all.

    Raises:
        UnknownRevisionError: There is no such revision.
        NoWorkspaceError: The environment sends lines nowhere, or it is not known where.
        AzureFailedError: The workspace cannot be asked.
    """
    wanted = by_whole_name(observed, wanted)
    environment = observed.environment
    if environment is None or not environment.logs_workspace:
        raise _no_workspace(environment, wanted.revision or observed.app.name)
    query = query_of(observed.app.name, wanted, most)
    rows = await query_workspace(
        credential, cloud, environment.logs_workspace, query, patience=patience
    )
    return [_line(row, is_system=wanted.system) for row in reversed(rows)]


def _no_workspace(environment: Environment | None, whose: str) -> NoWorkspaceError:
    """Say that lines of what has no replica are nowhere, and how those to come are kept."""
    events = "funcyard orch logs --system tells what the platform did"
    if environment is None:
        why = "where its environment sends lines is not known"
        return NoWorkspaceError(f"{whose} has no replica now, and {why}", hint=events)
    where = environment.logs_destination
    sends = f"sends lines to {where}, where they cannot be asked for" if where else "keeps no lines"
    group = environment.id.split("/")[4:5]
    keep = (
        f"az containerapp env update -g {group[0] if group else 'GROUP'} -n {environment.name}"
        " --logs-destination log-analytics --logs-workspace-id ID --logs-workspace-key KEY"
    )
    return NoWorkspaceError(
        f"{whose} has no replica now, and {environment.name} {sends}",
        hint=f"{events}; {keep} keeps lines to come",
    )


def query_of(app: str, wanted: Wanted, most: int) -> str:
    """Return the query for the last lines of an app, the latest first."""
    conditions = [f"ContainerAppName_s == {text_literal(app)}"]
    replica = "ReplicaName_s" if wanted.system else "ContainerGroupName_s"
    for column, value in (
        ("RevisionName_s", wanted.revision),
        (replica, wanted.replica),
        ("ContainerName_s", wanted.container),
    ):
        if value:
            conditions.append(f"{column} == {text_literal(value)}")
    table = _SYSTEM if wanted.system else _CONSOLE
    return f"{table} | where {' and '.join(conditions)} | top {most} by TimeGenerated desc"


def _line(row: dict[str, Any], *, is_system: bool) -> Line:
    def told(name: str) -> str:
        return str(row.get(name) or "")

    time = read_moment(told("TimeGenerated"))
    revision = told("RevisionName_s")
    replica = told("ReplicaName_s" if is_system else "ContainerGroupName_s")
    return Line(
        Source("", revision, replica, "" if is_system else told("ContainerName_s")),
        time,
        0 if time is None else int(time.timestamp() * _TICKS),
        told("Log_s").rstrip("\n"),
        revision,
        replica,
        told("Reason_s") if is_system else "",
    )
