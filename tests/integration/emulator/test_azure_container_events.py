"""System events of container apps, streamed as they come."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests import local_azure
from tests.contract.azure.replaying import stories
from tests.integration.emulator.containerapps import (
    VERSION,
    Stream,
    app,
    container,
    environment,
    good,
    patch,
    path,
    profile,
    revisions,
    token,
    until,
)
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

_GROUP = "container-events"
_WHOLE = {"cpu": 16, "memory": "128Gi"}


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    group(apps_azure, _GROUP)
    return apps_azure


@pytest.fixture(scope="module")
def env(azure: LocalAzure) -> str:
    return environment(azure, _GROUP, "shared", profile("E16", 1, 1))


@pytest.fixture(scope="module")
def waiting(azure: LocalAzure, env: str) -> str:
    """Make an app whose first replica has started, and whose second one has no place."""
    where = path(_GROUP, "containerApps", "waiting")
    template = {"containers": [container(resources=_WHOLE)], "scale": {"minReplicas": 2}}
    app(azure, where, env, template, profile_name="E16")
    (revision,) = revisions(azure, where)
    until(
        lambda: good(azure.call("GET", f"{revision['id']}/replicas", None, VERSION))["value"],
        lambda found: "Running" in [one["properties"]["runningState"] for one in found],
    )
    return where


def _address(azure: LocalAzure, where: str) -> str:
    return str(good(azure.call("GET", where, None, VERSION))["properties"]["eventStreamEndpoint"])


def test_a_replica_without_a_place_says_why(azure: LocalAzure, waiting: str) -> None:
    address, opened = _address(azure, waiting), token(azure, waiting)
    with Stream(azure, address, opened, tailLines=100) as stream:
        told = [(one["Reason"], one["Type"], one["Msg"]) for one in stream.lines()]
    assert [reason for reason, _, _ in told[:2]] == [
        "StartingGettingEvents",
        "ConnectedToEventsServer",
    ]
    failed = [one for one in told if one[0] == "AssigningReplicaFailed"]
    assert len(failed) == 1
    assert failed[0][1] == "Warning"
    assert "E16" in failed[0][2]
    assert "Please increase maximum node count." in failed[0][2]
    assert sum(reason == "AssigningReplica" for reason, _, _ in told) == 1


def test_events_look_like_recorded_ones(azure: LocalAzure, env: str, waiting: str) -> None:
    assert waiting
    recorded = stories("container-apps")["environment_eventstream"][0]["response_body"]
    address, opened = _address(azure, env), token(azure, env)
    with Stream(azure, address, opened, follow="false", tailLines=15) as stream:
        lines = stream.lines()
    names = ["TimeStamp", "Type", "ContainerAppName", "RevisionName", "ReplicaName", "Msg"]
    names += ["Reason", "EventSource", "Count"]
    assert all(list(one) == names for one in lines)
    assert all(f'"{name}":' in recorded for name in names)
    assert lines[2]["ContainerAppName"] == "waiting"
    assert time.strptime(lines[2]["TimeStamp"], "%Y-%m-%d %H:%M:%S +0000 UTC")


def test_who_follows_gets_each_event_once_and_in_order(
    azure: LocalAzure, env: str, waiting: str
) -> None:
    address, opened = _address(azure, waiting), token(azure, waiting)
    found: list[Any] = []
    with Stream(azure, address, opened, follow="true", tailLines=0) as stream:
        assert [stream.line()["Reason"] for _ in range(2)][-1] == "ConnectedToEventsServer"
        patch(azure, env, {"workloadProfiles": [profile("E16", 1, 2)]})
        while not found or found[-1]["Reason"] != "AssigningReplica":
            found.append(stream.line())
    found = [one for one in found if "Deadline" not in one["Reason"]]
    assert [one["Reason"] for one in found] == [
        "TriggeredScaleUp",
        "AssigningReplicaFailed",
        "AssigningReplica",
    ]
    assert "Waiting for infrastructure to be ready." in found[1]["Msg"]
    states = good(azure.call("GET", f"{env}/workloadProfileStates", None, VERSION))["value"]
    assert states[0]["properties"]["currentCount"] == 2


def test_a_stream_opens_for_its_own_token_only(azure: LocalAzure, env: str, waiting: str) -> None:
    address, own = _address(azure, waiting), token(azure, waiting)

    def status(opened: str, where: str = address, **query: object) -> int:
        with Stream(azure, where, opened, **query) as stream:
            return stream.status

    assert [status(one) for one in ("", "nonsense", token(azure, env))] == [401, 401, 401]
    assert status(own, tailLines=301) == 400
    assert status(own, follow="perhaps") == 400
    assert status(own, address.replace("eventstream", "events")) == 404


def test_a_stream_ends_in_order_with_the_local_azure(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    other = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "2000")
    group(other, _GROUP)
    where = environment(other, _GROUP, "followed")
    with Stream(other, _address(other, where), token(other, where), follow="true") as stream:
        stream.line()
        other.end()
        # What is cut off raises IncompleteRead.
        assert [one["Reason"] for one in stream.lines()] == ["ConnectedToEventsServer"]
