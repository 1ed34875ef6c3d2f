"""Jobs of Container Apps that really run, through Microsoft's client."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from tests.integration.emulator.containerapps import (
    VERSION,
    client,
    environment,
    good,
    path,
    put,
    running,
    told,
    until,
)
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

_GROUP = "container-jobs"
_ENDLESS = "import time; time.sleep(999)"


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    group(apps_azure, _GROUP)
    return apps_azure


@pytest.fixture(scope="module")
def env(azure: LocalAzure) -> str:
    return environment(azure, _GROUP, "shared")


def _job(azure: LocalAzure, env: str, name: str, program: str, **configuration: object) -> str:
    where = path(_GROUP, "jobs", name)
    usual = {"triggerType": "Manual", "replicaTimeout": 20000, "replicaRetryLimit": 0}
    properties = {
        "environmentId": env,
        "configuration": {**usual, **configuration},
        "template": {"containers": [running(program)]},
    }
    put(azure, where, properties)
    return where


def _ended(azure: LocalAzure, where: str) -> str:
    """Wait until the last execution of a job has ended; return how."""

    def last() -> str:
        listed = good(azure.call("GET", f"{where}/executions", None, VERSION))["value"]
        return str(listed[-1]["properties"]["status"])

    return str(until(last, lambda status: status != "Running"))


def test_an_execution_runs_to_its_end(azure: LocalAzure, env: str) -> None:
    program = "import os; assert os.environ['CONTAINER_APP_JOB_EXECUTION_NAME']"
    where = _job(azure, env, "good", program)
    jobs = client(azure).jobs
    begun = jobs.begin_start(_GROUP, "good").result()
    assert begun is not None
    assert _ended(azure, where) == "Succeeded"
    found = client(azure).job_execution(_GROUP, "good", str(begun.name))
    assert found.end_time is not None
    assert found.start_time is not None
    assert found.end_time >= found.start_time
    assert [one.name for one in client(azure).jobs_executions.list(_GROUP, "good")] == [begun.name]


def test_as_many_replicas_run_as_are_to_complete(azure: LocalAzure, env: str) -> None:
    trigger = {"replicaCompletionCount": 3, "parallelism": 2}
    where = _job(azure, env, "many", "pass", manualTriggerConfig=trigger)
    good(azure.call("POST", f"{where}/start", None, VERSION))
    assert _ended(azure, where) == "Succeeded"
    placed = [one for one in told(azure, where) if one["Reason"] == "AssigningReplica"]
    assert len(placed) == 3


def test_what_fails_is_tried_again_and_then_given_up(azure: LocalAzure, env: str) -> None:
    where = _job(azure, env, "bad", "raise SystemExit(4)", replicaRetryLimit=1)
    good(azure.call("POST", f"{where}/start", None, VERSION))
    assert _ended(azure, where) == "Failed"
    reasons = [one["Reason"] for one in told(azure, where)]
    assert reasons.count("AssigningReplica") == 2
    assert "BackoffLimitExceeded" in reasons


def test_what_takes_too_long_is_ended(azure: LocalAzure, env: str) -> None:
    where = _job(azure, env, "slow", _ENDLESS, replicaTimeout=100)
    good(azure.call("POST", f"{where}/start", None, VERSION))
    assert _ended(azure, where) == "Failed"
    assert "DeadlineExceeded" in [one["Reason"] for one in told(azure, where)]


def test_an_execution_is_stopped_alone_or_with_all_others(azure: LocalAzure, env: str) -> None:
    where = _job(azure, env, "endless", _ENDLESS)
    jobs = client(azure).jobs
    first, second, third = (str(jobs.begin_start(_GROUP, "endless").result().name) for _ in "123")
    jobs.begin_stop_execution(_GROUP, "endless", first).result()

    def states() -> dict[str, str]:
        listed = good(azure.call("GET", f"{where}/executions", None, VERSION))["value"]
        return {one["name"]: one["properties"]["status"] for one in listed}

    assert states() == {first: "Stopped", second: "Running", third: "Running"}
    stopped = good(azure.call("POST", f"{where}/stop", None, VERSION))["value"]
    assert {one["name"] for one in stopped} == {second, third}
    assert set(states().values()) == {"Stopped"}
    with pytest.raises(HttpResponseError, match="JobExecutionNotFound"):
        jobs.begin_stop_execution(_GROUP, "endless", "endless-other").result()
    client(azure).jobs.begin_delete(_GROUP, "endless").result()
    with pytest.raises(ResourceNotFoundError):
        jobs.get(_GROUP, "endless")


def test_a_job_is_deleted_with_what_runs_of_it_while_others_go_on(
    azure: LocalAzure, env: str
) -> None:
    wheres = [_job(azure, env, name, _ENDLESS) for name in ("going", "staying")]
    for where in wheres:
        good(azure.call("POST", f"{where}/start", None, VERSION))
        until(partial(_begun, azure, where), bool)
    assert azure.call("DELETE", wheres[0], None, VERSION)[0] == 202
    until(lambda: azure.call("GET", wheres[0], None, VERSION)[0], lambda status: status == 404)
    listed = good(azure.call("GET", f"{wheres[1]}/executions", None, VERSION))["value"]
    assert [one["properties"]["status"] for one in listed] == ["Running"]
    good(azure.call("POST", f"{wheres[1]}/stop", None, VERSION))


def _begun(azure: LocalAzure, where: str) -> bool:
    return any(one["Reason"] == "ContainerStarted" for one in told(azure, where))


def test_a_template_may_be_sent_with_a_start(azure: LocalAzure, env: str) -> None:
    where = _job(azure, env, "other", "raise SystemExit(1)")
    other = {"containers": [running("pass")]}
    good(azure.call("POST", f"{where}/start", other, VERSION))
    assert _ended(azure, where) == "Succeeded"


@pytest.mark.parametrize(
    ("configuration", "code"),
    [
        ({"triggerType": "Event"}, "NotServedLocally"),
        ({"replicaTimeout": 0}, "ContainerAppsJobInvalidConfiguration"),
        (
            {"triggerType": "Schedule", "scheduleTriggerConfig": {"cronExpression": "* *"}},
            "ContainerAppsJobInvalidCronExpression",
        ),
    ],
)
def test_what_means_nothing_is_refused(
    azure: LocalAzure, env: str, configuration: dict[str, Any], code: str
) -> None:
    usual = {"triggerType": "Manual", "replicaTimeout": 10}
    properties = {
        "environmentId": env,
        "configuration": {**usual, **configuration},
        "template": {"containers": [running("pass")]},
    }
    body = {"location": "eastus", "properties": properties}
    status, _, answer = azure.call("PUT", path(_GROUP, "jobs", "wrong"), body, VERSION)
    assert (status, answer["error"]["code"]) == (400, code)
