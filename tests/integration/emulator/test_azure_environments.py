"""Environments of Container Apps in the local Azure, through Microsoft's client."""

from __future__ import annotations

from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.appcontainers.models import (
    AppLogsConfiguration,
    LogAnalyticsConfiguration,
    ManagedEnvironment,
    ManagedEnvironmentProperties,
    WorkloadProfile,
)
from tests.integration.emulator.containerapps import (
    CONSUMPTION,
    VERSION,
    client,
    environment,
    good,
    patch,
    path,
    profile,
)
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

_GROUP = "environments"


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    group(apps_azure, _GROUP)
    return apps_azure


def _refused(azure: LocalAzure, properties: dict[str, Any], name: str = "wrong") -> str:
    body = {"location": "eastus", "properties": properties}
    where = path(_GROUP, "managedEnvironments", name)
    status, _, answer = azure.call("PUT", where, body, VERSION)
    assert status == 400, answer
    return str(answer["error"]["message"])


def _wanted(**properties: Any) -> ManagedEnvironment:  # noqa: ANN401 - as the client takes them
    return ManagedEnvironment(
        location="eastus", properties=ManagedEnvironmentProperties(**properties)
    )


def test_an_environment_is_made_grows_and_is_deleted_through_the_client(
    azure: LocalAzure,
) -> None:
    apps = client(azure)
    environments = apps.managed_environments
    consumption = WorkloadProfile(name="Consumption", workload_profile_type="Consumption")
    nodes = WorkloadProfile(
        name="big", workload_profile_type="E16", minimum_count=1, maximum_count=1
    )
    wanted = _wanted(workload_profiles=[consumption, nodes])
    made = environments.begin_create_or_update(_GROUP, "client", wanted).result()
    assert made.location == "East US"
    assert made.properties is not None
    assert made.properties.provisioning_state == "Succeeded"
    nodes.maximum_count = 2
    changed = environments.begin_update(_GROUP, "client", wanted).result()
    assert changed.properties is not None
    assert changed.properties.workload_profiles is not None
    assert changed.properties.workload_profiles[1].maximum_count == 2
    states = {
        one.name: one.properties
        for one in environments.list_workload_profile_states(_GROUP, "client")
    }
    assert states["big"] is not None
    assert (states["big"].minimum_count, states["big"].maximum_count) == (1, 2)
    assert states["big"].current_count == 1
    used = apps.managed_environment_usages.list(_GROUP, "client")
    cores = {one.name.value: one.current_value for one in used}
    assert cores["ManagedEnvironmentMemoryOptimizedCores"] == 16
    assert [one.name for one in environments.list_by_resource_group(_GROUP)] == ["client"]
    environments.begin_delete(_GROUP, "client").result()
    with pytest.raises(ResourceNotFoundError):
        environments.get(_GROUP, "client")


def test_a_key_for_logs_is_taken_and_never_shown(azure: LocalAzure) -> None:
    workspace = LogAnalyticsConfiguration(customer_id="somebody", shared_key="hidden")
    wanted = _wanted(
        app_logs_configuration=AppLogsConfiguration(
            destination="log-analytics", log_analytics_configuration=workspace
        )
    )
    environments = client(azure).managed_environments
    made = environments.begin_create_or_update(_GROUP, "logging", wanted).result()
    kept = good(azure.call("GET", str(made.id), None, VERSION))
    told = kept["properties"]["appLogsConfiguration"]["logAnalyticsConfiguration"]
    assert (told["customerId"], told["sharedKey"]) == ("somebody", None)
    assert "hidden" not in str(kept)


@pytest.mark.parametrize(
    ("profiles", "said"),
    [
        ([profile("E17", 0, 1)], "E17"),
        ([profile("E16", 2, 1)], "2 to 1 nodes"),
        ([{"name": "E16", "workloadProfileType": "E16"}], "minimumCount"),
        ([CONSUMPTION, CONSUMPTION], "named twice"),
        ([{**CONSUMPTION, "maximumCount": 3}], "no node counts"),
    ],
)
def test_profiles_that_cannot_be_are_refused(
    azure: LocalAzure, profiles: list[dict[str, object]], said: str
) -> None:
    assert said in _refused(azure, {"workloadProfiles": profiles})


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ({"vnetConfiguration": {"infrastructureSubnetId": "subnet"}}, "vnetConfiguration"),
        ({"appLogsConfiguration": {"destination": "nowhere"}}, "nowhere"),
        ({"appLogsConfiguration": {"destination": "log-analytics"}}, "customerId"),
        ({"workloadProfile": []}, "workloadProfile"),
    ],
)
def test_what_is_not_known_of_an_environment_is_refused(
    azure: LocalAzure, properties: dict[str, Any], said: str
) -> None:
    assert said in _refused(azure, properties)


def test_an_environment_keeps_its_domain_and_never_changes_its_sort(azure: LocalAzure) -> None:
    where = environment(azure, _GROUP, "stays", profile("D4", 0, 2))
    before = good(azure.call("GET", where, None, VERSION))["properties"]
    after = patch(azure, where, {"workloadProfiles": [CONSUMPTION]})["properties"]
    assert before["defaultDomain"] == after["defaultDomain"]
    assert [one["name"] for one in after["workloadProfiles"]] == ["Consumption"]
    body = {"properties": {"workloadProfiles": None}}
    status, _, answer = azure.call("PATCH", where, body, VERSION)
    assert (status, answer["error"]["code"]) == (400, "WorkloadProfilesCannotBeSwitched")


def test_a_storage_is_kept_without_showing_its_key(azure: LocalAzure) -> None:
    where = environment(azure, _GROUP, "storing")
    share = {
        "accountName": "a",
        "accountKey": "hidden",
        "shareName": "s",
        "accessMode": "ReadWrite",
    }
    made = good(
        azure.call("PUT", f"{where}/storages/files", {"properties": {"azureFile": share}}, VERSION)
    )
    assert made["properties"]["azureFile"] == {
        "accountName": "a",
        "shareName": "s",
        "accessMode": "ReadWrite",
    }
    apps = client(azure)
    with pytest.raises(HttpResponseError, match="ManagedEnvironmentStorageNotFound"):
        apps.managed_environments_storages.get(_GROUP, "storing", "other")
