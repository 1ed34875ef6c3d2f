"""Replicas of container apps that really run: capacity, take-over, crashes, traffic, logs."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.integration.emulator.containerapps import (
    VERSION,
    Stream,
    app,
    asked,
    client,
    container,
    environment,
    good,
    patch,
    path,
    profile,
    revision_until,
    revisions,
    running,
    serving,
    token,
    told,
    until,
)
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

_GROUP = "container-replicas"
_WHOLE = {"cpu": 16, "memory": "128Gi"}
_INGRESS = {"external": True, "targetPort": 80}
_PRINTING = """
import time
for number in range(1000000):
    print("line", number, flush=True)
    time.sleep(0.02)
"""
_ONE = {"minReplicas": 1, "maxReplicas": 1}


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    group(apps_azure, _GROUP)
    return apps_azure


@pytest.fixture(scope="module")
def env(azure: LocalAzure) -> str:
    return environment(azure, _GROUP, "shared", profile("E16", 1, 1))


def _app(name: str) -> str:
    return path(_GROUP, "containerApps", name)


def _get(azure: LocalAzure, where: str) -> Any:  # noqa: ANN401 - JSON
    return good(azure.call("GET", where, None, VERSION))["properties"]


def _host(azure: LocalAzure, where: str) -> str:
    return str(_get(azure, where)["configuration"]["ingress"]["fqdn"])


def _replicas(azure: LocalAzure, where: str, revision: str) -> list[Any]:
    name = f"{where.rpartition('/')[2]}--{revision}"
    listed = good(azure.call("GET", f"{where}/revisions/{name}/replicas", None, VERSION))
    return [one["properties"] | {"name": one["name"]} for one in listed["value"]]


def test_a_revision_without_a_place_leaves_the_other_running_until_there_is_one(
    azure: LocalAzure, env: str
) -> None:
    where = _app("orchestrator")
    whole = {**serving("old"), "resources": _WHOLE}
    template = {"containers": [whole], "scale": _ONE, "revisionSuffix": "old"}
    app(azure, where, env, template, profile_name="E16", ingress=_INGRESS)
    revision_until(azure, where, "old", "RunningAtMaxScale")
    changed = {**serving("new"), "resources": _WHOLE}
    patch(azure, where, {"template": {"containers": [changed], "revisionSuffix": "new"}})

    failed = revision_until(azure, where, "new", "ActivationFailed")
    assert failed["healthState"] == "Unhealthy"
    assert failed["provisioningState"] == "Provisioned"
    assert failed["runningStateDetails"] == (
        "Deployment Progress Deadline Exceeded. 0/1 replicas ready."
    )
    seen = _get(azure, where)
    assert (seen["provisioningState"], seen["runningStatus"]) == ("Succeeded", "Running")
    assert seen["latestRevisionName"] == "orchestrator--new"
    assert seen["latestReadyRevisionName"] == "orchestrator--old"
    (waiting,) = _replicas(azure, where, "new")
    assert waiting["runningState"] == "NotRunning"
    assert "maximum node count" in waiting["runningStateDetails"]
    assert asked(azure, _host(azure, where)) == (200, "old")
    reasons = [one["Reason"] for one in told(azure, where) if one["Type"] == "Warning"]
    assert "AssigningReplicaFailed" in reasons

    consumption = {"name": "Consumption", "workloadProfileType": "Consumption"}
    patch(azure, env, {"workloadProfiles": [consumption, profile("E16", 1, 2)]})
    revision_until(azure, where, "new", "RunningAtMaxScale")
    old = revision_until(azure, where, "old", "Stopped")
    assert (old["active"], old["replicas"], old["trafficWeight"]) == (False, 0, 0)
    assert _get(azure, where)["latestReadyRevisionName"] == "orchestrator--new"
    assert asked(azure, _host(azure, where)) == (200, "new")


def test_a_revision_that_crashes_gets_no_traffic_and_tells_how_it_ended(
    azure: LocalAzure, env: str
) -> None:
    where = _app("crashing")
    template = {"containers": [serving("good")], "scale": _ONE, "revisionSuffix": "good"}
    app(azure, where, env, template, ingress=_INGRESS)
    revision_until(azure, where, "good", "RunningAtMaxScale")
    bad = {"containers": [running("print('no', flush=True); raise SystemExit(3)")]}
    patch(azure, where, {"template": {**bad, "revisionSuffix": "bad"}})
    (broken,) = until(
        lambda: _replicas(azure, where, "bad"),
        lambda found: bool(found) and found[0]["containers"][0]["restartCount"] > 1,
    )
    assert broken["runningState"] == "NotRunning"
    assert not broken["containers"][0]["ready"]
    assert asked(azure, _host(azure, where)) == (200, "good")
    messages = [one["Msg"] for one in told(azure, where)]
    assert any("exit code '3'" in one for one in messages), messages
    good_again = {"containers": [serving("better")], "revisionSuffix": "better"}
    patch(azure, where, {"template": good_again})
    revision_until(azure, where, "better", "RunningAtMaxScale")
    states = {one["name"]: one["properties"]["active"] for one in revisions(azure, where)}
    assert states == {
        "crashing--good": False,
        "crashing--bad": False,
        "crashing--better": True,
    }


def test_requests_are_shared_by_weight_and_revisions_have_addresses(
    azure: LocalAzure, env: str
) -> None:
    where = _app("sharing")
    one = {"containers": [serving("one")], "scale": _ONE, "revisionSuffix": "one"}
    app(azure, where, env, one, activeRevisionsMode="Multiple", ingress=_INGRESS)
    patch(azure, where, {"template": {"containers": [serving("two")], "revisionSuffix": "two"}})
    for name in ("one", "two"):
        revision_until(azure, where, name, "RunningAtMaxScale")
    traffic = [
        {"revisionName": "sharing--one", "weight": 75},
        {"revisionName": "sharing--two", "weight": 25},
    ]
    patch(azure, where, {"configuration": {"ingress": {"traffic": traffic}}})
    host = _host(azure, where)
    assert Counter(asked(azure, host)[1] for _ in range(8)) == {"one": 6, "two": 2}
    weights = {
        each["name"]: each["properties"]["trafficWeight"] for each in revisions(azure, where)
    }
    assert weights == {"sharing--one": 75, "sharing--two": 25}
    own = {each["name"]: each["properties"]["fqdn"] for each in revisions(azure, where)}
    assert asked(azure, own["sharing--two"]) == (200, "two")
    body = good(azure.call("POST", f"{where}/stop", None, VERSION))
    assert body is None
    until(lambda: _get(azure, where), lambda seen: seen.get("runningStatus") == "Stopped")
    status, text = asked(azure, host)
    assert (status, "stopped" in text) == (404, True)


def test_an_app_that_is_deleted_leaves_no_address(azure: LocalAzure, env: str) -> None:
    where = _app("leaving")
    one = {"containers": [serving("here")], "scale": _ONE, "revisionSuffix": "one"}
    app(azure, where, env, one, ingress=_INGRESS)
    own = revision_until(azure, where, "one", "RunningAtMaxScale")["fqdn"]
    hosts = [_host(azure, where), own]
    assert [asked(azure, host) for host in hosts] == [(200, "here")] * 2
    client(azure).container_apps.begin_delete(_GROUP, "leaving").result()
    for host in hosts:
        with pytest.raises(ConnectionRefusedError):
            asked(azure, host)


def test_a_take_over_loses_no_request(azure: LocalAzure, env: str) -> None:
    where = _app("rolling")
    template = {"containers": [serving("old")], "scale": _ONE, "revisionSuffix": "old"}
    app(azure, where, env, template, ingress=_INGRESS)
    revision_until(azure, where, "old", "RunningAtMaxScale")
    host, is_over = _host(azure, where), threading.Event()

    def asking() -> list[tuple[int, str]]:
        found = []
        while not is_over.is_set():
            found.append(asked(azure, host))
        return found

    with ThreadPoolExecutor() as threads:
        answers = [threads.submit(asking) for _ in range(4)]
        try:
            new = {"containers": [serving("new")], "revisionSuffix": "new"}
            patch(azure, where, {"template": new})
            revision_until(azure, where, "old", "Stopped")
            until(lambda: asked(azure, host), lambda told: told == (200, "new"))
        finally:
            is_over.set()
    for found in (one.result() for one in answers):
        assert {status for status, _ in found} == {200}, found
        words = [word for _, word in found]
        assert words == sorted(words, reverse=True)


def test_a_group_is_deleted_with_all_that_runs_in_it(azure: LocalAzure) -> None:
    doomed = group(azure, "container-doomed")
    env = environment(azure, "container-doomed", "shared", profile("D4", 1, 1))
    where = path("container-doomed", "containerApps", "doomed")
    whole = {**serving("here"), "resources": {"cpu": 4, "memory": "16Gi"}}
    template = {"containers": [whole], "scale": _ONE, "revisionSuffix": "one"}
    app(azure, where, env, template, profile_name="D4", ingress=_INGRESS)
    revision_until(azure, where, "one", "RunningAtMaxScale")
    host = _host(azure, where)
    azure.resources().resource_groups.begin_delete("container-doomed").result()
    assert azure.call("GET", doomed)[0] == 404
    with pytest.raises(ConnectionRefusedError):
        asked(azure, host)
    # What had the node is gone, so another has room there.
    group(azure, "container-doomed")
    environment(azure, "container-doomed", "shared", profile("D4", 1, 1))
    app(azure, where, env, template, profile_name="D4", ingress=_INGRESS)
    revision_until(azure, where, "one", "RunningAtMaxScale")


def test_where_nothing_listens_the_answer_is_that_of_the_proxy(azure: LocalAzure, env: str) -> None:
    where = _app("elsewhere")
    probe = {"type": "Readiness", "tcpSocket": {"port": 8081}}
    startup = {"type": "Startup", "tcpSocket": {"port": 8081}}
    listening = {**serving("here", port=8081), "probes": [probe, startup]}
    template = {"containers": [listening], "scale": _ONE, "revisionSuffix": "one"}
    app(azure, where, env, template, ingress={"external": True, "targetPort": 8080})
    revision_until(azure, where, "one", "RunningAtMaxScale")
    status, text = asked(azure, _host(azure, where))
    assert status == 503
    assert text.startswith("upstream connect error")
    patch(azure, where, {"configuration": {"ingress": {"targetPort": 8081}}})
    assert asked(azure, _host(azure, where)) == (200, "here")


def test_an_app_goes_to_zero_and_a_request_brings_it_back(azure: LocalAzure, env: str) -> None:
    where = _app("sleeping")
    scale = {"cooldownPeriod": 60}
    template = {"containers": [serving("awake")], "scale": scale, "revisionSuffix": "one"}
    app(azure, where, env, template, ingress=_INGRESS)
    asleep = revision_until(azure, where, "one", "ScaledToZero")
    assert (asleep["replicas"], asleep["healthState"]) == (0, "Healthy")
    assert asked(azure, _host(azure, where)) == (200, "awake")
    assert _get(azure, where)["latestReadyRevisionName"] == "sleeping--one"


def test_what_a_container_prints_is_streamed_as_it_comes(azure: LocalAzure, env: str) -> None:
    where = _app("printing")
    program = _PRINTING
    app(azure, where, env, {"containers": [running(program)], "revisionSuffix": "one"})
    revision_until(azure, where, "one", "Running")
    address = _replicas(azure, where, "one")[0]["containers"][0]["logStreamEndpoint"]
    opened = token(azure, where)
    with Stream(azure, address, opened, follow="true", tailLines=2, output="json") as stream:
        assert "Connecting to the container 'main'..." in stream.line()["Log"]
        assert "Successfully Connected" in stream.line()["Log"]
        numbers = [int(stream.line()["Log"].split()[-1]) for _ in range(20)]
    assert numbers == list(range(numbers[0], numbers[0] + 20))
    with Stream(azure, address, opened, follow="false", tailLines=3, output="text") as stream:
        lines = stream.text().splitlines()
    assert [one.split()[1] for one in lines] == ["line"] * 3
    with Stream(azure, f"{address}x", opened) as stream:
        assert stream.status == 404


def test_containers_find_what_azure_tells_them(azure: LocalAzure, env: str) -> None:
    where = _app("telling")
    names = ["CONTAINER_APP_NAME", "CONTAINER_APP_REVISION", "KEY", "PLAIN"]
    program = (
        f"import os, time; print(*(os.environ[n] for n in {names}), flush=True); time.sleep(99)"
    )
    variables = [{"name": "KEY", "secretRef": "key"}, {"name": "PLAIN", "value": "text"}]
    one = {**running(program), "env": variables}
    secrets = [{"name": "key", "value": "hidden"}]
    app(azure, where, env, {"containers": [one], "revisionSuffix": "one"}, secrets=secrets)
    revision_until(azure, where, "one", "Running")
    address = _replicas(azure, where, "one")[0]["containers"][0]["logStreamEndpoint"]

    def printed() -> str:
        with Stream(azure, address, token(azure, where), output="text") as stream:
            return stream.text()

    assert "telling telling--one hidden text" in until(printed, bool)


def test_containers_of_a_replica_share_an_empty_folder(azure: LocalAzure, env: str) -> None:
    where = _app("folders")
    mounts = [{"volumeName": "shared", "mountPath": "/shared"}]
    writing = """
import os, time
with open("shared/begun", "w") as file:
    file.write("seen")
os.replace("shared/begun", "shared/word")
time.sleep(999)
"""
    reading = """
import os, time
while not os.path.exists("shared/word"):
    time.sleep(0.02)
print(open("shared/word").read(), flush=True)
time.sleep(999)
"""
    writer = {**running(writing), "name": "writer", "volumeMounts": mounts}
    reader = {**running(reading), "name": "main", "volumeMounts": mounts}
    for one in (writer, reader):
        one["resources"] = {"cpu": 0.25, "memory": "0.5Gi"}
    template = {
        "containers": [reader, writer],
        "volumes": [{"name": "shared", "storageType": "EmptyDir"}],
        "revisionSuffix": "one",
    }
    app(azure, where, env, template)
    revision_until(azure, where, "one", "Running")
    address = _replicas(azure, where, "one")[0]["containers"][0]["logStreamEndpoint"]

    def printed() -> str:
        with Stream(azure, address, token(azure, where), output="text") as stream:
            return stream.text()

    assert "seen" in until(printed, bool)


def test_an_app_that_moves_to_another_profile_is_there_before_it_is_gone_here(
    azure: LocalAzure, env: str
) -> None:
    where = _app("moving")
    template = {"containers": [serving("here")], "scale": _ONE, "revisionSuffix": "one"}
    app(azure, where, env, template, ingress=_INGRESS)
    revision_until(azure, where, "one", "RunningAtMaxScale")
    (before,) = _replicas(azure, where, "one")
    body = {"properties": {"workloadProfileName": "E16"}}
    good(azure.call("PATCH", where, body, VERSION))
    until(
        lambda: _replicas(azure, where, "one"),
        lambda found: len(found) == 1 and found[0]["name"] != before["name"],
    )
    assert asked(azure, _host(azure, where)) == (200, "here")
    assert [one["name"] for one in revisions(azure, where)] == ["moving--one"]


def test_a_restart_runs_other_replicas(azure: LocalAzure, env: str) -> None:
    where = _app("restarted")
    app(azure, where, env, {"containers": [container()], "scale": _ONE, "revisionSuffix": "one"})
    revision_until(azure, where, "one", "RunningAtMaxScale")
    before = _replicas(azure, where, "one")[0]["name"]
    good(azure.call("POST", f"{where}/revisions/restarted--one/restart", None, VERSION))
    until(
        lambda: _replicas(azure, where, "one"),
        lambda found: (
            [one["runningState"] for one in found] == ["Running"] and found[0]["name"] != before
        ),
    )
