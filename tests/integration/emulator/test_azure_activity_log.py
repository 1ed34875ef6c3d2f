"""The activity log of the local Azure, read by azure-mgmt-monitor: what was changed and refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.monitor import MonitorManagementClient
from tests import local_azure
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.activity_log import Change, changes_of
from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.manager import Manager
from funcyard.azure.resource_ids import read_resource_id

_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/watched"
_ACCOUNT = f"{_GROUP}/providers/Microsoft.Storage/storageAccounts/watchedaccount"
_SINCE = "eventTimestamp ge '2020-01-01T00:00:00Z'"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    started = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    started.call("PUT", _GROUP, {"location": "westeurope"})
    yield started
    started.end()


def _events(azure: LocalAzure, condition: str, select: str | None = None) -> list[Any]:
    client = azure.client(MonitorManagementClient)
    return list(client.activity_logs.list(f"{_SINCE} and {condition}", select=select))


def test_a_refused_change_is_told_with_the_reason_of_its_refusal(azure: LocalAzure) -> None:
    status, headers, _ = azure.call(
        "PUT", f"{_ACCOUNT}?api-version=2023-05-01", {"location": "westeurope", "kind": "Nonsense"}
    )
    assert status == 400
    (event,) = _events(azure, f"resourceUri eq '{_ACCOUNT}'")
    assert event.operation_name.value == "Microsoft.Storage/storageAccounts/write"
    assert (event.status.value, event.sub_status.value) == ("Failed", "BadRequest")
    assert event.correlation_id == headers["x-ms-correlation-request-id"]
    assert "Nonsense" in json.loads(event.properties["statusMessage"])["error"]["message"]


def test_a_change_is_told_and_a_reading_is_not(azure: LocalAzure) -> None:
    azure.call("GET", _GROUP)
    events = _events(azure, "resourceGroupName eq 'watched' ")
    told = [(one.operation_name.value, one.status.value) for one in events]
    assert told[-1] == ("Microsoft.Resources/resourceGroups/write", "Succeeded")
    assert not [name for name, _ in told if "read" in name]


def test_a_change_that_takes_its_time_is_told_again_at_its_end(azure: LocalAzure) -> None:
    group = f"{_GROUP}-gone"
    azure.call("PUT", group, {"location": "westeurope"})
    azure.resources().resource_groups.begin_delete("watched-gone").result()
    events = _events(azure, f"resourceUri eq '{group}'", select="status,operationName")
    told = [(one.operation_name.value.rpartition("/")[2], one.status.value) for one in events]
    assert told == [("delete", "Succeeded"), ("delete", "Accepted"), ("write", "Succeeded")]
    assert events[0].sub_status is None


@pytest.mark.parametrize(
    "condition",
    ["level eq 'Error'", "resourceUri eq '/a' and resourceGroupName eq 'b'", "nothing"],
)
def test_a_filter_that_azure_does_not_know_is_refused(azure: LocalAzure, condition: str) -> None:
    with pytest.raises(HttpResponseError) as refused:
        _events(azure, condition)
    assert refused.value.status_code == 400


def test_a_time_is_required(azure: LocalAzure) -> None:
    client = azure.client(MonitorManagementClient)
    with pytest.raises(HttpResponseError) as refused:
        list(client.activity_logs.list("resourceGroupName eq 'watched'"))
    assert refused.value.status_code == 400


def test_the_changes_of_a_resource_are_read_with_the_reasons_of_refusals(azure: LocalAzure) -> None:
    account = f"{_ACCOUNT}2"
    for kind in ("Nonsense", "Folly"):
        body = {"location": "westeurope", "kind": kind}
        azure.call("PUT", f"{account}?api-version=2023-05-01", body)
    azure.call("POST", f"{account}/listKeys?api-version=2023-05-01")

    async def read() -> list[Change]:
        cloud = cloud_of(azure.settings)
        resource = read_resource_id(account, "Microsoft.Storage/storageAccounts")
        async with (
            credential(identity_of(azure.settings), cloud) as who,
            Manager(who, cloud) as manager,
        ):
            return await changes_of(manager, resource, datetime.now(UTC) - timedelta(hours=1))

    latest, first = asyncio.run(read())  # asking for keys is none, though it is told, too
    assert latest.has_failed
    assert latest.operation == "Microsoft.Storage/storageAccounts/write"
    assert "Folly" in latest.message
    assert "Nonsense" in first.message
    assert latest.code
    assert latest.time is not None
    assert first.time is not None
    assert latest.time > first.time
