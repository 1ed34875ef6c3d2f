"""A local Azure that misbehaves as it is asked to, met by the real SDKs and by bad requests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.storage import StorageManagementClient
from tests import local_azure
from tests.local_azure import SUBSCRIPTION, LocalAzure

_GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
_ACCOUNT = "providers/Microsoft.Storage/storageAccounts"
_BODY: Any = {"location": "westus", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Starting]:
    starting = Starting(tmp_path)
    yield starting
    for one in starting.running:
        one.end()


class Starting:
    """Starts local Azures that misbehave, each in a location of its own unless one is named."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.running: list[LocalAzure] = []

    def __call__(self, faults: str, *, location: str = "") -> LocalAzure:
        options = ("--scale", "1000", "--faults", faults, "--seed", "3")
        where = self._folder / (location or str(len(self.running)))
        self.running.append(local_azure.start(where, *options))
        return self.running[-1]


def test_clients_that_try_again_get_through_a_bad_day(started: Starting) -> None:
    azure = started("throttle=0.15,error=0.1,latency=5")
    groups = azure.resources().resource_groups
    for number in range(10):
        groups.create_or_update(f"g{number}", {"location": "westus"})
    assert len(list(groups.list())) == 10


def test_a_throttled_client_is_told_when_to_come_again(started: Starting) -> None:
    status, headers, answered = started("throttle=1").call("GET", f"{_GROUPS}/g")
    assert (status, answered["error"]["code"]) == (429, "SubscriptionRequestsThrottled")
    assert headers["x-ms-retry-after-ms"] == "5"


def test_a_change_whose_answer_is_lost_has_taken_effect(started: Starting) -> None:
    azure = started("lost=1")
    status, _, answered = azure.call("PUT", f"{_GROUPS}/g", {"location": "westus"})
    assert (status, answered["error"]["code"]) == (504, "GatewayTimeout")
    assert azure.call("GET", f"{_GROUPS}/g")[0] == 200


def test_an_operation_that_was_accepted_may_fail_and_be_done_again(started: Starting) -> None:
    azure = started("late=1", location="same")
    azure.call("PUT", f"{_GROUPS}/g", {"location": "westus"})
    accounts = azure.client(StorageManagementClient).storage_accounts
    with pytest.raises(HttpResponseError, match="ResourceDeploymentFailure"):
        accounts.begin_create("g", "latefailure", _BODY).result()
    failed = accounts.get_properties("g", "latefailure")
    assert failed.properties is not None
    assert failed.properties.provisioning_state == "Failed"
    poller = azure.resources().resource_groups.begin_delete("g")
    with pytest.raises(HttpResponseError, match="ResourceDeploymentFailure"):
        poller.result()
    assert azure.call("GET", f"{_GROUPS}/g")[2]["properties"]["provisioningState"] == "Succeeded"
    azure.end()
    calm = started("", location="same")
    again = calm.client(StorageManagementClient).storage_accounts
    made = again.begin_create("g", "latefailure", _BODY).result()
    assert made.properties is not None
    assert made.properties.provisioning_state == "Succeeded"
    calm.resources().resource_groups.begin_delete("g").result()


def test_a_name_may_be_somebody_else_s(started: Starting) -> None:
    azure = started("taken=1")
    azure.call("PUT", f"{_GROUPS}/g", {"location": "westus"})
    client = azure.client(StorageManagementClient).storage_accounts
    wanted: Any = {"name": "everybodys", "type": "Microsoft.Storage/storageAccounts"}
    assert client.check_name_availability(wanted).name_available is False
    with pytest.raises(HttpResponseError, match="StorageAccountAlreadyTaken"):
        client.begin_create("g", "everybodys", _BODY)


_ODD: tuple[Any, ...] = (None, 5, [], [5], {"a": 5}, {"a": {"b": []}}, "é" * 300)
_PLACES = ("location", "tags", "properties", "sku", "operation")


def test_no_request_however_odd_is_a_fault_of_the_server(started: Starting) -> None:
    azure = started("")
    group = f"{_GROUPS}/odd"
    azure.call("PUT", group, {"location": "westus"})
    scopes = {
        f"{_GROUPS}/other": "2022-09-01",
        f"{group}/{_ACCOUNT}/odd": "2025-06-01",
        f"{group}/{_ACCOUNT}/odd/blobServices/default/containers/odd": "2025-06-01",
        f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/odd": "2023-01-31",
        f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/odd"
        "/federatedIdentityCredentials/odd": "2023-01-31",
        f"{group}/providers/Microsoft.Authorization/roleAssignments/odd": "2022-04-01",
        f"{group}/providers/Microsoft.Authorization/roleAssignments"
        "/00000000-0000-4000-8000-000000000001": "2022-04-01",
        f"{group}/providers/Microsoft.Resources/tags/default": "2022-09-01",
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Storage/checkNameAvailability": (
            "2025-06-01"
        ),
    }
    for path, version in scopes.items():
        for place in _PLACES:
            for odd in _ODD:
                body = {"location": "westus", place: odd, "name": odd, "type": odd}
                for method in ("PUT", "PATCH", "POST"):
                    answered = azure.call(method, path, body, version)
                    assert answered[0] < 500, (method, path, body, answered)
    tails = ("?$filter=x", "?$top=-1", "?$skiptoken=%3D", "?$skiptoken=YQ==", "?$filter='")
    for path in (_GROUPS, f"{group}/resources", f"{group}/{_ACCOUNT}", f"{group}/%00", "/%ff//x"):
        for tail in tails:
            assert azure.call("GET", f"{path}{tail}")[0] < 500, (path, tail)
    for name in ("%00", "%2F", "..", "%C3%A9", "a" * 300, "%20"):
        answered = azure.call("PUT", f"{_GROUPS}/{name}", {"location": "westus"})
        assert answered[0] < 500, (name, answered)
