"""What environments of Container Apps send to Log Analytics."""

from __future__ import annotations

from typing import Any

import pytest
from azure.monitor.query import LogsQueryClient, LogsQueryResult
from tests.integration.emulator.containerapps import (
    app,
    good,
    path,
    put,
    revision_until,
    running,
    until,
)
from tests.integration.emulator.twins import group
from tests.local_azure import SUBSCRIPTION, LocalAzure

_GROUP = "container-logs"
_PROGRAM = "import time; print('a line', flush=True); time.sleep(999)"


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    group(apps_azure, _GROUP)
    return apps_azure


@pytest.fixture(scope="module")
def workspace(azure: LocalAzure) -> dict[str, str]:
    """Make a workspace; return its customer id and a key."""
    where = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{_GROUP}"
        "/providers/Microsoft.OperationalInsights/workspaces/logs"
    )
    good(azure.call("PUT", where, {"location": "eastus"}, "2025-02-01"))
    made = until(
        lambda: good(azure.call("GET", where, None, "2025-02-01"))["properties"],
        lambda one: one["provisioningState"] == "Succeeded",
    )
    keys = good(azure.call("POST", f"{where}/sharedKeys", None, "2025-02-01"))
    return {"customerId": made["customerId"], "sharedKey": keys["primarySharedKey"]}


def _environment(azure: LocalAzure, name: str, workspace: dict[str, str]) -> str:
    where = path(_GROUP, "managedEnvironments", name)
    logs = {"destination": "log-analytics", "logAnalyticsConfiguration": workspace}
    put(azure, where, {"appLogsConfiguration": logs})
    return where


def _asked(azure: LocalAzure, workspace: dict[str, str], query: str) -> list[list[Any]]:
    with LogsQueryClient(
        azure.credential(),
        endpoint=azure.url,
        audience="https://api.loganalytics.io",
        connection_verify=azure.ca,
    ) as client:
        found = client.query_workspace(workspace["customerId"], query, timespan=None)
    assert isinstance(found, LogsQueryResult)
    return [list(one) for one in found.tables[0].rows]


def test_lines_and_events_reach_the_workspace(azure: LocalAzure, workspace: dict[str, str]) -> None:
    env = _environment(azure, "sending", workspace)
    where = path(_GROUP, "containerApps", "sending")
    app(azure, where, env, {"containers": [running(_PROGRAM)], "revisionSuffix": "one"})
    revision_until(azure, where, "one", "Running")
    lines = (
        "ContainerAppConsoleLogs_CL | where ContainerAppName_s == 'sending'"
        " | project RevisionName_s, ContainerName_s, Stream_s, Log_s"
    )
    found = until(lambda: _asked(azure, workspace, lines), bool)
    assert found == [["sending--one", "main", "stdout", "a line"]]
    events = (
        "ContainerAppSystemLogs_CL | where RevisionName_s == 'sending--one'"
        " | where Reason_s == 'RevisionReady' | project Type_s, Count_d"
    )
    assert until(lambda: _asked(azure, workspace, events), bool) == [["Normal", 1.0]]


def test_a_wrong_key_sends_nothing(azure: LocalAzure, workspace: dict[str, str]) -> None:
    env = _environment(azure, "stranger", {**workspace, "sharedKey": "d3Jvbmc="})
    where = path(_GROUP, "containerApps", "stranger")
    app(azure, where, env, {"containers": [running(_PROGRAM)], "revisionSuffix": "one"})
    revision_until(azure, where, "one", "Running")
    query = "ContainerAppSystemLogs_CL | where ContainerAppName_s == 'stranger' | count"
    assert _asked(azure, workspace, query) == [[0]]
