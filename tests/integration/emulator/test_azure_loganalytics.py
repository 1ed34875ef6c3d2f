"""Log Analytics of the local Azure, met by Microsoft's clients: workspaces, and their queries."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.mgmt.loganalytics import LogAnalyticsManagementClient
from azure.monitor.query import LogsQueryClient, LogsQueryResult
from tests import local_azure
from tests.local_azure import LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import credential, identity_of
from funcyard.containerapps.environment import Environment
from funcyard.containerapps.logs.sources import Wanted
from funcyard.containerapps.logs.workspace import NoWorkspaceError, lines_in_workspace
from funcyard.containerapps.models import App
from funcyard.containerapps.observing import Observation
from funcyard.emulator.loganalytics.lines import Lines
from funcyard.emulator.loganalytics.tables import CONSOLE

_TEXTS = ("starting", "ERROR: no storage", "listening on :80", "ERROR: no storage")


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    started = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    started.resources().resource_groups.create_or_update("lines", {"location": "westeurope"})
    yield started
    started.end()


@pytest.fixture(scope="module")
def workspaces(azure: LocalAzure) -> Any:  # noqa: ANN401 - what the client has
    return azure.client(LogAnalyticsManagementClient).workspaces


@pytest.fixture(scope="module")
def workspace(azure: LocalAzure, workspaces: Any) -> str:  # noqa: ANN401 - what the client has
    """A workspace with lines of an app, by its customer id."""
    body = {"location": "westeurope"}
    # Its client takes a first answer for the end, while Azure tells it to be Creating.
    made = workspaces.begin_create_or_update("lines", "lines-space", body).result()
    now = datetime.now(UTC)
    customer = str(made.properties.customer_id)
    rows = [
        {
            "TimeGenerated": f"{now - timedelta(minutes=9.5 - number):%Y-%m-%dT%H:%M:%S.%fZ}",
            "ContainerAppName_s": "app" if number else "other",
            "RevisionName_s": "app--1",
            "Log_s": text,
        }
        for number, text in enumerate(_TEXTS)
    ]
    lines = Lines(azure.location / "loganalytics")
    lines.add(customer, CONSOLE, rows)
    lines.close()
    return customer


@pytest.fixture(scope="module")
def client(azure: LocalAzure) -> Iterator[LogsQueryClient]:
    made = LogsQueryClient(
        azure.credential(),
        endpoint=azure.url,
        audience="https://api.loganalytics.io",
        connection_verify=azure.ca,
    )
    yield made
    made.close()


def _asked(client: LogsQueryClient, workspace: str, query: str) -> list[list[Any]]:
    answer = client.query_workspace(workspace, query, timespan=timedelta(days=1))
    assert isinstance(answer, LogsQueryResult)
    return [list(row) for row in answer.tables[0].rows]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ("where ContainerAppName_s == 'app' | project Log_s", [[one] for one in _TEXTS[1:]]),
        ("where Log_s has 'error' | take 1 | project Log_s", [["ERROR: no storage"]]),
        ("order by TimeGenerated desc | take 2 | project Log_s", [[_TEXTS[3]], [_TEXTS[2]]]),
        ("top 1 by TimeGenerated asc | project Log_s", [["starting"]]),
        ("where TimeGenerated > ago(8m30s) | count", None),
        ("where TimeGenerated > ago(7m) | count", [[1]]),
        ("summarize count() by ContainerAppName_s", [["other", 1], ["app", 3]]),
        ("summarize N = count()", [[4]]),
        ("distinct Log_s | count", [[3]]),
        ("where not(Log_s contains 'error') and (Log_s !has 'starting' or false)|count", [[1]]),
        ("where Log_s in ('starting', 'x') or Log_s matches regex ':[0-9]+$' | count", [[2]]),
        ("where isempty(ContainerName_s) and strlen(Log_s) > 8 // all but one\n| count", [[3]]),
        ("where Log_s startswith_cs 'E'", None),
    ],
)
def test_queries_are_answered_as_they_read(
    client: LogsQueryClient, workspace: str, steps: str, found: list[list[Any]] | None
) -> None:
    query = f"ContainerAppConsoleLogs_CL | {steps}"
    if found is None:
        with pytest.raises(HttpResponseError) as refused:
            _asked(client, workspace, query)
        assert refused.value.status_code == 400
    else:
        assert _asked(client, workspace, query) == found


def test_a_fault_of_a_query_is_told_with_its_place(azure: LocalAzure, workspace: str) -> None:
    token = azure.issuer.application_token("https://api.loganalytics.io")
    body = {"query": "ContainerAppConsoleLogs_CL\n| where Nothing == 1"}
    status, _, told = azure.ask("POST", f"/v1/workspaces/{workspace}/query", body, token=token)
    assert (status, told["error"]["code"]) == (400, "BadArgumentError")
    assert (told["error"]["innererror"]["line"], told["error"]["innererror"]["pos"]) == (2, 9)
    assert "no column 'Nothing'" in told["error"]["innererror"]["message"]


def test_a_span_of_time_leaves_out_what_is_older(client: LogsQueryClient, workspace: str) -> None:
    query = "ContainerAppConsoleLogs_CL | count"
    now = datetime.now(UTC)
    until = (now - timedelta(minutes=20), now - timedelta(minutes=9))
    answer = client.query_workspace(workspace, query, timespan=until)
    assert isinstance(answer, LogsQueryResult)
    assert list(answer.tables[0].rows[0]) == [1]
    answer = client.query_workspace(workspace, query, timespan=timedelta(days=3650))
    assert isinstance(answer, LogsQueryResult)
    assert list(answer.tables[0].rows[0]) == [4]


@pytest.mark.parametrize(
    "span", ["yesterday", "P", "P9999999D", "P99999999999D", "9999-12-31T00:00:00Z/P9999D"]
)
def test_what_is_no_span_of_time_is_refused(azure: LocalAzure, workspace: str, span: str) -> None:
    token = azure.issuer.application_token("https://api.loganalytics.io")
    body = {"query": "ContainerAppConsoleLogs_CL", "timespan": span}
    status, _, told = azure.ask("POST", f"/v1/workspaces/{workspace}/query", body, token=token)
    assert (status, told["error"]["code"]) == (400, "BadArgumentError")
    assert "is no span of time" in told["error"]["message"]


def test_who_has_no_role_and_who_has_no_token_get_nothing(
    azure: LocalAzure, workspace: str
) -> None:
    path, body = f"/v1/workspaces/{workspace}/query", {"query": "ContainerAppSystemLogs_CL"}
    assert azure.ask("POST", path, body)[0] == 401
    other = azure.issuer.identity_token("https://api.loganalytics.io", "client", "somebody")
    assert azure.ask("POST", path, body, token=other)[0] == 403
    for_manager = azure.issuer.application_token("https://management.azure.com")
    assert azure.ask("POST", path, body, token=for_manager)[0] == 401


def test_a_workspace_that_is_deleted_takes_its_lines_along(
    azure: LocalAzure,
    workspaces: Any,  # noqa: ANN401 - see above
    client: LogsQueryClient,
) -> None:
    body = {"location": "westeurope"}
    made = workspaces.begin_create_or_update("lines", "short-lived", body).result()
    keys = azure.client(LogAnalyticsManagementClient).shared_keys.get_shared_keys(
        "lines", "short-lived"
    )
    assert keys.primary_shared_key != keys.secondary_shared_key
    lines = Lines(azure.location / "loganalytics")
    lines.add(made.properties.customer_id, CONSOLE, [{"Log_s": "x"}])
    workspaces.begin_delete("lines", "short-lived").result()
    assert list(lines.rows(made.properties.customer_id, CONSOLE)) == []
    lines.close()
    with pytest.raises((HttpResponseError, ClientAuthenticationError)) as refused:
        client.query_workspace(made.properties.customer_id, CONSOLE, timespan=None)
    assert refused.value.status_code == 404


def test_the_oldest_lines_go(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    from funcyard.emulator.loganalytics import lines as module  # noqa: PLC0415 - to change it

    monkeypatch.setattr(module, "KEPT", 5)
    monkeypatch.setattr(module, "_TRIMMED_EVERY", 10)
    own = Lines(azure.location / "others")
    own.add("space", CONSOLE, [{"n": number} for number in range(10)])
    assert [one["n"] for one in own.rows("SPACE", CONSOLE.lower())] == [5, 6, 7, 8, 9]
    with sqlite3.connect(azure.location / "others" / "loganalytics.sqlite") as other:
        other.execute("DROP TABLE rows")
    own.add("space", CONSOLE, [{"n": 11}])  # is told in the log, and costs nobody else anything
    own.close()


def test_lines_of_a_revision_that_has_no_replica_are_found(
    azure: LocalAzure, workspace: str
) -> None:
    environment = Environment("", "env", logs_workspace=workspace)
    observed = Observation(App("/a", "app"), environment=environment)

    async def read(wanted: Wanted, most: int) -> list[str]:
        cloud = cloud_of(azure.settings)
        async with credential(identity_of(azure.settings), cloud) as who:
            found = await lines_in_workspace(who, cloud, observed, wanted, most)
        return [one.text for one in found]

    assert asyncio.run(read(Wanted("app--1"), 2)) == list(_TEXTS[2:])
    assert asyncio.run(read(Wanted("app--'); drop \\"), 2)) == []
    assert asyncio.run(read(Wanted("app--1", system=True), 2)) == []
    observed = replace(observed, environment=replace(environment, logs_workspace=""))
    with pytest.raises(NoWorkspaceError, match="env keeps no lines"):
        asyncio.run(read(Wanted("app--1"), 2))
