"""Container Apps against recorded exchanges."""

from __future__ import annotations

import copy
import json
import time
from typing import Any, Final

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.integration.emulator.containerapps import Stream, token, until
from tests.local_azure import LocalAzure

_TOLD: Final = {name: found[0] for name, found in stories("container-apps").items()}
_GROUP: Final = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_APPS: Final = f"{_GROUP}/providers/Microsoft.App"
_ENVIRONMENT: Final = f"{_APPS}/managedEnvironments/{{envName}}"
_VERSION: Final = "2025-07-01"
_SIGNED: Final = ("&t={t}&c={c}&s={s}&h={h}", "?t={t}&c={c}&s={s}&h={h}")
_NEWER: Final = {
    "openTelemetryConfiguration",
    "ingressConfiguration",
    "appInsightsConfiguration",
    "publicNetworkAccess",
    "enableFips",
    "certificateKeyVaultProperties",
    "runtime",
    "identitySettings",
    "cooldownPeriod",
    "pollingInterval",
    "ephemeralStorage",
}
"""Members that came after the recorded versions; here every version's answers have them."""
_APP: Final = f"{_APPS}/containerApps/{{name}}"
_IMAGE: Final = "mcr.microsoft.com/k8se/quickstart:latest"


def _exchange(name: str) -> dict[str, Any]:
    """Return a recorded exchange without the signatures of its addresses."""
    text = json.dumps(_TOLD[name])
    for one in _SIGNED:
        text = text.replace(one, "")
    found: dict[str, Any] = json.loads(text)
    return found


def _told(azure: LocalAzure, group: str, **names: str) -> Replay:
    replay = Replay(azure, {"resourceGroup": group, "envResourceGroup": group, **names})
    replay.do("PUT", _GROUP, {"location": "eastus"})
    return replay


def _environment(replay: Replay, **properties: object) -> None:
    body = {"location": "eastus", "properties": properties}
    replay.do("PUT", _ENVIRONMENT, body, _VERSION)
    replay.wait(_ENVIRONMENT, _VERSION)


def _until(replay: Replay, name: str) -> None:
    """Ask again and again until what was recorded of an operation's end is answered."""
    exchange = _exchange(name)
    deadline = time.monotonic() + 20
    while True:
        status, _, answered = replay.azure.call("GET", replay.followed)
        body = exchange["response_body"] or {}
        ended = (answered or {}).get("status") == body.get("status")
        if status == exchange["status"] and ended:
            break
        assert time.monotonic() < deadline, answered
        time.sleep(0.05)
    replay.tell(exchange)


def test_an_environment_is_made_and_changed_as_recorded(azure: LocalAzure) -> None:
    replay = _told(azure, "apps-environment")
    replay.tell(_exchange("environment_get_missing"))
    replay.tell(_exchange("environment_create_workload_profiles"))
    replay.tell(_exchange("environment_create_status_in_progress"))
    _until(replay, "environment_create_status_succeeded")
    flex = [
        {"workloadProfileType": "Consumption", "name": "Consumption"},
        {"workloadProfileType": "Flex", "name": "flex"},
    ]
    replay.do("PATCH", _ENVIRONMENT, {"properties": {"workloadProfiles": flex}}, _VERSION)
    replay.wait(_ENVIRONMENT, _VERSION)
    replay.tell(_exchange("environment_workload_profile_states"))
    replay.tell(_exchange("environment_workload_profile_add"))
    replay.tell(_exchange("environment_workload_profile_add_result_in_progress"))
    _until(replay, "environment_workload_profile_add_result_done")
    replay.tell(_exchange("environment_get_succeeded_workload_profiles"))


def test_an_environment_without_profiles_is_told_and_deleted_as_recorded(
    azure: LocalAzure,
) -> None:
    replay = _told(azure, "apps-consumption", storageAccountKey="c2VjcmV0")
    _environment(replay)
    replay.tell(_exchange("environment_get_succeeded_consumption_only"))
    replay.tell(_exchange("environment_usages"))
    replay.tell(_exchange("environment_get_auth_token"))
    replay.tell(_exchange("environment_storage_get_missing"))
    replay.tell(_exchange("environment_storage_put_azure_file"))
    replay.tell(_exchange("environment_storage_delete"))
    replay.tell(_exchange("environment_storage_list_empty"))
    replay.tell(_exchange("environment_delete"))
    replay.tell(_exchange("environment_delete_result_in_progress"))
    _until(replay, "environment_delete_result_done")
    replay.tell(_exchange("environment_get_missing"))


def test_dedicated_profiles_are_told_as_recorded(apps: Replay) -> None:
    _tell_read(apps, "environment_get_succeeded_dedicated_profile_2024")


def _with_newer(exchange: dict[str, Any], answered: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return an exchange of an old version with what its answer has in newer ones."""
    made = copy.deepcopy(exchange)
    _add(made["response_body"], answered)
    return made


def _add(recorded: Any, answered: Any) -> None:  # noqa: ANN401 - JSON
    if isinstance(recorded, dict):
        for name in answered.keys() & _NEWER - recorded.keys():
            recorded[name] = answered[name]
        for name in recorded.keys() & answered.keys():
            _add(recorded[name], answered[name])
    elif isinstance(recorded, list):
        for one, other in zip(recorded, answered or [], strict=False):
            _add(one, other)


def test_types_of_nodes_are_those_recorded(azure: LocalAzure) -> None:
    exchange = _exchange("available_workload_profile_types")
    replay = Replay(azure)
    replay.tell(exchange)
    answered = replay.do("GET", exchange["path"], None, exchange["api_version"])
    assert [one["properties"] for one in answered["value"]] == [
        one["properties"] for one in exchange["response_body"]["value"]
    ]


@pytest.fixture(scope="module")
def apps(azure: LocalAzure) -> Replay:
    """Return a story in which an environment is there."""
    replay = _told(azure, "apps-apps", envName="shared")
    dedicated = {"workloadProfileType": "D8", "minimumCount": 1, "maximumCount": 8}
    consumption = {"workloadProfileType": "Consumption", "name": "Consumption"}
    _environment(replay, workloadProfiles=[consumption, {**dedicated, "name": "wpname"}])
    return replay


def _named(apps: Replay, **names: str) -> Replay:
    return Replay(apps.azure, {**apps.names, **names})


def _app(replay: Replay, template: dict[str, Any], **configuration: object) -> None:
    environment = replay.filled(_ENVIRONMENT)
    properties = {
        "environmentId": environment,
        "configuration": configuration,
        "template": {"scale": {"minReplicas": 1}, **template},
    }
    replay.do("PUT", _APP, {"location": "eastus", "properties": properties}, "2024-03-01")
    replay.wait(_APP, "2024-03-01")


def _container(replay: Replay, **more: object) -> dict[str, object]:
    return {"name": replay.filled("{name}"), "image": _IMAGE, **more}


def _tell_read(replay: Replay, name: str) -> None:
    exchange = _exchange(name)
    answered = replay.do("GET", exchange["path"], None, exchange["api_version"])
    replay.tell(_with_newer(exchange, answered))


def test_an_app_is_made_read_and_deleted_as_recorded(apps: Replay) -> None:
    replay = _named(apps, name="made")
    replay.tell(_exchange("container_app_create"))
    replay.tell(_exchange("container_app_create_status_in_progress"))
    _until(replay, "container_app_create_status_succeeded")
    _tell_read(replay, "container_app_get_succeeded_ingress")
    replay.tell(_exchange("container_app_get_auth_token"))
    replay.tell(_exchange("container_app_delete"))
    replay.tell(_exchange("container_app_delete_result_in_progress"))
    _until(replay, "container_app_delete_result_done")


def test_an_app_is_changed_as_recorded(apps: Replay) -> None:
    replay = _named(apps, name="changed")
    _app(replay, {"containers": [_container(replay)]})
    replay.tell(_exchange("container_app_update_image"))
    replay.tell(_exchange("container_app_update_status_in_progress"))
    replay.wait(_APP, "2024-03-01")
    wanted = _exchange("container_app_get_succeeded_latest_revision_not_ready")
    template = wanted["response_body"]["properties"]["template"]
    asked = {"containers": json.loads(replay.filled(json.dumps(template["containers"])))}
    replay.do("PATCH", _APP, {"properties": {"template": asked}}, "2024-03-01")
    replay.wait(_APP, "2024-03-01")
    _tell_read(replay, "container_app_get_succeeded_latest_revision_not_ready")


def test_secrets_and_variables_are_told_as_recorded(apps: Replay) -> None:
    replay = _named(apps, name="secretive")
    wanted = _exchange("container_app_get_succeeded_no_ingress_secrets_env")
    template = wanted["response_body"]["properties"]["template"]
    containers = [_container(replay, env=template["containers"][0]["env"])]
    secrets = [{"name": "mysecret", "value": "1"}, {"name": "anothersecret", "value": "2"}]
    _app(replay, {"containers": containers, "scale": {}}, secrets=secrets)
    _tell_read(replay, "container_app_get_succeeded_no_ingress_secrets_env")


def test_a_registry_and_its_secret_answer_as_recorded(apps: Replay) -> None:
    replay = _named(apps, name="registered", registryName="recorded", secretValue="password")
    secret = replay.filled("{registryName}azurecrio-{registryName}")
    registry = {
        "server": replay.filled("{registryName}.azurecr.io"),
        "username": replay.filled("{registryName}"),
        "passwordSecretRef": secret,
    }
    secrets = [{"name": secret, "value": "password"}, {"name": "newsecret", "value": "test"}]
    env = [{"name": "testenv", "value": "testing"}]
    template = {
        "containers": [_container(replay, env=env)],
        "scale": {"minReplicas": 1, "maxReplicas": 1},
    }
    _app(replay, template, secrets=secrets, registries=[registry])
    _tell_read(replay, "container_app_get_with_registry")
    replay.tell(_exchange("container_app_list_secrets"))
    replay.tell(_exchange("container_app_put_invalid_registry_secret"))


def test_revisions_and_their_traffic_are_told_as_recorded(apps: Replay) -> None:
    replay = _named(apps, name="several")
    mode = {"activeRevisionsMode": "Multiple", "ingress": {"external": True, "targetPort": 80}}
    _app(replay, {"containers": [_container(replay)], "revisionSuffix": "jwf75nv"}, **mode)
    larger = _container(replay, resources={"cpu": 1.0, "memory": "2Gi"})
    template = {"containers": [larger], "revisionSuffix": "a8x23if"}
    traffic = [
        {"weight": 50, "latestRevision": True},
        {"revisionName": replay.filled("{name}--jwf75nv"), "weight": 25},
        {"revisionName": replay.filled("{name}--a8x23if"), "weight": 25},
    ]
    replay.do("PATCH", _APP, {"properties": {"template": template}}, "2024-03-01")
    replay.wait(_APP, "2024-03-01")
    shared = {"configuration": {"ingress": {"traffic": traffic}}}
    replay.do("PATCH", _APP, {"properties": shared}, "2024-03-01")
    replay.wait(_APP, "2024-03-01")
    _tell_read(replay, "container_app_get_multiple_revisions_traffic_2025")
    _tell_read(replay, "revisions_list")


def test_a_revision_and_its_replica_are_told_as_recorded(apps: Replay) -> None:
    replay = _named(apps, name="running")
    ingress = {"external": True, "targetPort": 80}
    template = {"containers": [_container(replay)], "revisionSuffix": "spl6k86"}
    _app(replay, template, ingress=ingress)
    replay.tell(_exchange("revision_get"))
    replay.tell(_exchange("replicas_list"))
    path = replay.do("GET", _exchange("replicas_list")["path"], None, _VERSION)["value"][0]["id"]
    replay.tell({**_exchange("replica_get"), "path": f"{path}/"})
    _hold_log(replay, path)


def _hold_log(replay: Replay, replica: str) -> None:
    """Hold the log of a replica's container to the recorded one, line by line."""
    told = replay.do("GET", replica, None, _VERSION)["properties"]["containers"][0]
    opened = token(replay.azure, replay.filled(_APP))

    def read() -> list[Any]:
        address = told["logStreamEndpoint"]
        with Stream(replay.azure, address, opened, follow="false", output="json") as stream:
            return stream.lines()

    recorded = [
        json.loads(one) for one in _TOLD["container_logstream"]["response_body"].split("\n") if one
    ]
    answered = until(read, lambda lines: len(lines) == len(recorded))
    names = {"{name}--spl6k86-6695559dd7-wgzc6": replica.rpartition("/")[2]}
    for one, other in zip(recorded, answered, strict=True):
        text = one["Log"].removeprefix("05:10:32 ")
        for placeholder, name in names.items():
            text = text.replace(placeholder, name)
        assert other["Log"] == replay.filled(text)
        assert other.keys() == one.keys()


_JOB: Final = f"{_APPS}/jobs/{{jobName}}"


def test_a_job_is_made_started_and_stopped_as_recorded(apps: Replay) -> None:
    replay = _named(apps, jobName="recorded")
    replay.tell(_exchange("job_create_manual"))
    replay.tell(_exchange("job_create_status_in_progress"))
    replay.wait(_JOB, _VERSION)
    _tell_read(replay, "job_get_succeeded")
    replay.tell(_exchange("job_start"))
    replay.tell(_exchange("job_executions_list"))
    listed = replay.do("GET", f"{_JOB}/executions", None, _VERSION)["value"]
    name = listed[0]["name"]
    for exchange in (
        "job_execution_get_running",
        "job_execution_stop",
        "job_execution_get_stopped",
    ):
        text = json.dumps(_exchange(exchange))
        for recorded in ("{jobName}-4gl5y6d", "{jobName}-5cewx08"):
            text = text.replace(recorded, name)
        replay.tell(json.loads(text))


def test_a_job_of_a_schedule_is_told_as_recorded(apps: Replay) -> None:
    replay = _named(apps, jobName="scheduled")
    exchange = _exchange("job_get_in_progress_schedule")
    told = exchange["response_body"]["properties"]
    container = {"name": replay.filled("{jobName}"), "image": _IMAGE}
    properties = {
        "environmentId": replay.filled(_ENVIRONMENT),
        "configuration": told["configuration"],
        "template": {"containers": [container]},
    }
    replay.do("PUT", _JOB, {"location": "eastus", "properties": properties}, "2024-03-01")
    _tell_read(replay, "job_get_in_progress_schedule")
    replay.wait(_JOB, _VERSION)
