"""Managed Grafana of the local Azure: its API as programs use it, and who may."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.dashboard import DashboardManagementClient
from tests import local_azure
from tests.integration.emulator.grafanas import ADMIN, AUDIENCE, EDITOR, VIEWER, Grafana, instance
from tests.integration.emulator.twins import assign, group
from tests.local_azure import SUBSCRIPTION, LocalAzure

_GROUP = "grafanas"
_SOURCE = {"name": "Readings", "type": "marcusolsson-json-datasource", "access": "proxy"}


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    yield service
    service.end()


@pytest.fixture(scope="module")
def scope(azure: LocalAzure) -> str:
    made = group(azure, _GROUP)
    assign(azure, made, ADMIN, azure.issuer.application_id)
    return made


@pytest.fixture(scope="module")
def endpoint(azure: LocalAzure, scope: str) -> str:
    assert scope
    return instance(azure, _GROUP, "shared")


@pytest.fixture
def grafana(azure: LocalAzure, endpoint: str) -> Iterator[Grafana]:
    made = Grafana(azure, endpoint)
    yield made
    made.close()


def _good(answer: tuple[int, Any]) -> Any:  # noqa: ANN401 - JSON
    status, body = answer
    assert status < 300, body
    return body


def _dashboard(title: str, **more: object) -> dict[str, object]:
    return {"dashboard": {"title": title, "panels": [], **more}}


def test_a_data_source_keeps_its_secret_to_itself(grafana: Grafana) -> None:
    made = _good(
        grafana.call(
            "POST",
            "/api/datasources",
            {
                **_SOURCE,
                "uid": "readings",
                "url": "https://127.0.0.1:1/api",
                "jsonData": {"httpHeaderName1": "X-Token"},
                "secureJsonData": {"httpHeaderValue1": "hidden-word"},
            },
        )
    )
    assert made["datasource"]["secureJsonFields"] == {"httpHeaderValue1": True}
    found = _good(grafana.call("GET", "/api/datasources/uid/readings"))
    assert "hidden-word" not in str(found)
    assert grafana.call("POST", "/api/datasources", _SOURCE)[0] == 409
    changed = _good(grafana.call("PUT", "/api/datasources/uid/readings", {**_SOURCE, "url": "x"}))
    assert changed["datasource"]["secureJsonFields"] == {"httpHeaderValue1": True}
    assert changed["datasource"]["url"] == "x"
    assert grafana.call("POST", "/api/datasources", {"name": "x"})[0] == 400
    assert _good(grafana.call("GET", "/api/datasources"))[0]["name"] == "Readings"
    _good(grafana.call("DELETE", "/api/datasources/name/Readings"))
    assert grafana.call("GET", "/api/datasources/uid/readings") == (
        404,
        {"message": "Data source not found"},
    )


def test_a_change_has_effect_whole_or_not_at_all(azure: LocalAzure, grafana: Grafana) -> None:
    first = {**_SOURCE, "name": "First", "isDefault": True}
    _good(grafana.call("POST", "/api/datasources", first))
    (file,) = azure.location.glob("grafana/*/*/shared/grafana.sqlite")
    with closing(sqlite3.connect(file)) as broken:
        broken.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON items BEGIN SELECT RAISE(ABORT, ''); END"
        )
        second = {**_SOURCE, "name": "Second", "isDefault": True}
        assert grafana.call("POST", "/api/datasources", second)[0] == 500
        broken.execute("DROP TRIGGER full")
    listed = _good(grafana.call("GET", "/api/datasources"))
    assert [one["name"] for one in listed if one["isDefault"]] == ["First"]
    _good(grafana.call("DELETE", "/api/datasources/name/First"))


@pytest.mark.parametrize("identifier", ["9" * 5000, "9" * 20])
def test_an_id_that_nothing_has_is_none(grafana: Grafana, identifier: str) -> None:
    assert grafana.call("GET", f"/api/datasources/{identifier}")[0] in {400, 404}
    assert grafana.call("GET", f"/api/search?limit={identifier}")[0] == 400


def test_dashboards_lie_in_folders_and_are_found(grafana: Grafana) -> None:
    _good(grafana.call("POST", "/api/folders", {"title": "Twin", "uid": "twin"}))
    body = {**_dashboard("Rooms", uid="rooms", tags=["iot"]), "folderUid": "twin"}
    assert _good(grafana.call("POST", "/api/dashboards/db", body))["version"] == 1
    seen = _good(grafana.call("GET", "/api/dashboards/uid/rooms"))
    assert (seen["meta"]["folderTitle"], seen["dashboard"]["version"]) == ("Twin", 1)

    status, told = grafana.call("POST", "/api/dashboards/db", body)
    assert (status, told["status"]) == (412, "version-mismatch")
    newer = {**body, "dashboard": {**seen["dashboard"], "title": "All rooms"}}
    assert _good(grafana.call("POST", "/api/dashboards/db", newer))["version"] == 2
    again = {**body, "overwrite": True}
    assert _good(grafana.call("POST", "/api/dashboards/db", again))["version"] == 3
    clash = {**_dashboard("Rooms"), "folderUid": "twin"}
    status, told = grafana.call("POST", "/api/dashboards/db", clash)
    assert (status, told["status"]) == (412, "name-exists")

    def found(query: str) -> list[str]:
        return [one["title"] for one in _good(grafana.call("GET", f"/api/search?{query}"))]

    assert found("query=room") == ["Rooms"]
    assert found("type=dash-folder") == ["Twin"]
    assert found("tag=iot&folderUIDs=twin") == ["Rooms"]
    assert found("tag=other") == []
    assert grafana.call("GET", "/api/search?starred=true")[0] == 400
    _good(grafana.call("DELETE", "/api/folders/twin"))
    assert grafana.call("GET", "/api/dashboards/uid/rooms")[0] == 404


@pytest.mark.parametrize(
    ("role", "reads", "writes", "administers"),
    [
        (None, 403, 403, 403),
        (VIEWER, 200, 403, 403),
        (EDITOR, 200, 200, 403),
        (ADMIN, 200, 200, 200),
    ],
)
def test_a_role_opens_what_it_says(
    azure: LocalAzure,
    scope: str,
    endpoint: str,
    role: str | None,
    reads: int,
    writes: int,
    administers: int,
) -> None:
    path = f"{scope}/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    name = f"who-{uuid.uuid4().hex[:8]}"
    body = {"location": "westeurope"}
    _, _, who = azure.call("PUT", f"{path}/{name}", body, "2023-01-31")
    own = who["properties"]
    if role is not None:
        at = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{_GROUP}"
        assign(azure, at, role, own["principalId"])
    token = azure.issuer.identity_token(AUDIENCE, own["clientId"], own["principalId"])
    grafana = Grafana(azure, endpoint, token)
    assert grafana.call("GET", "/api/search")[0] == reads
    assert grafana.call("POST", "/api/folders", {"title": name})[0] == writes
    assert grafana.call("GET", "/api/datasources")[0] == administers
    grafana.close()


def test_tokens_for_others_open_nothing(azure: LocalAzure, endpoint: str) -> None:
    for token in ("none", azure.issuer.application_token("https://management.azure.com")):
        grafana = Grafana(azure, endpoint, token)
        assert grafana.call("GET", "/api/search") == (401, {"message": "Unauthorized"})
        assert grafana.call("GET", "/api/health")[1]["database"] == "ok"
        grafana.close()


def test_a_token_of_an_account_opens_what_the_account_may(azure: LocalAzure, scope: str) -> None:
    endpoint = instance(azure, _GROUP, "accounts")
    grafana = Grafana(azure, endpoint)
    made = _good(grafana.call("POST", "/api/serviceaccounts", {"name": "p", "role": "Editor"}))
    path = f"/api/serviceaccounts/{made['id']}"
    key = _good(grafana.call("POST", f"{path}/tokens", {"name": "t", "secondsToLive": 600}))["key"]
    program = Grafana(azure, endpoint, key)
    assert program.call("POST", "/api/folders", {"title": "By token"})[0] == 200
    assert program.call("GET", "/api/datasources")[0] == 403
    _good(grafana.call("PATCH", path, {"isDisabled": True}))
    assert program.call("GET", "/api/search")[0] == 401
    _good(grafana.call("PATCH", path, {"isDisabled": False}))
    identity = f"{scope}/providers/Microsoft.Dashboard/grafana/accounts"
    body = {"properties": {"apiKey": "Disabled"}}
    assert azure.call("PATCH", identity, body, "2023-09-01")[0] == 200
    assert program.call("GET", "/api/search")[0] == 401
    program.close()
    grafana.close()


def test_what_is_not_served_is_refused(azure: LocalAzure, scope: str, grafana: Grafana) -> None:
    status, told = grafana.call("GET", "/api/alerts")
    assert (status, told) == (404, {"message": "Not found: nothing is served here at /api/alerts"})
    assert grafana.call("PATCH", "/api/folders", {})[0] == 405
    body = {"location": "westeurope", "sku": {"name": "Standard"}}
    refused: list[dict[str, Any]] = [
        {"grafanaMajorVersion": "9"},
        {"grafanaPlugins": {"x": {}}},
        {"colour": 1},
    ]
    for wrong in refused:
        identity = f"{scope}/providers/Microsoft.Dashboard/grafana/refused"
        status, _, _ = azure.call("PUT", identity, {**body, "properties": wrong}, "2023-09-01")
        assert status == 400


def test_an_instance_is_deleted_with_what_it_keeps(azure: LocalAzure, scope: str) -> None:
    assert scope
    instance(azure, _GROUP, "gone")
    management = azure.client(DashboardManagementClient)
    management.grafana.begin_delete(_GROUP, "gone", polling_interval=0).result()
    with pytest.raises(ResourceNotFoundError):
        management.grafana.get(_GROUP, "gone")
    assert not list(azure.location.glob("grafana/*/*/gone"))
    with pytest.raises(HttpResponseError, match="is invalid"):
        instance(azure, _GROUP, "1-wrong")


def test_what_a_grafana_keeps_outlives_a_kill(tmp_path_factory: pytest.TempPathFactory) -> None:
    location = tmp_path_factory.mktemp("azure") / "kept"
    first = local_azure.start(location, "--scale", "1000")
    assign(first, group(first, "kept"), ADMIN, first.issuer.application_id)
    endpoint = instance(first, "kept", "kept")
    before = Grafana(first, endpoint)
    _good(before.call("POST", "/api/dashboards/db", _dashboard("Rooms", uid="rooms")))
    before.close()
    port = first.url.rpartition(":")[2]
    first.kill()
    second = local_azure.start(location, "--scale", "1000", "--port", port)
    after = Grafana(second, endpoint)
    try:
        assert (
            _good(after.call("GET", "/api/dashboards/uid/rooms"))["dashboard"]["title"] == "Rooms"
        )
    finally:
        after.close()
        second.end()
