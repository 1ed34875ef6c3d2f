"""``funcyard orch capacity``: the profile, what runs there, and what comes beside it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.azure_manager import APP_ID, GROUP, SUBSCRIPTION, Answer, Manager, recorded
from tests.command_line import Done
from tests.integration.orch.conftest import LATEST

Orch = Callable[..., Done]
_SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.App/containerApps".lower()
_GROUP = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.App/containerApps"
).lower()


@pytest.fixture
def neighbours(manager: Manager) -> Answer:
    """Another app on the same profile, with one replica, and one in another environment."""
    app = manager.answers[APP_ID.lower()].body
    other, far = copy.deepcopy(app), copy.deepcopy(app)
    other |= {"id": APP_ID.replace("orch-dev", "other"), "name": "other"}
    far |= {"id": APP_ID.replace("orch-dev", "far"), "name": "far"}
    far["properties"]["environmentId"] += "-2"
    revisions = copy.deepcopy(manager.answers[f"{APP_ID}/revisions".lower()].body)
    revisions["value"][0]["name"] = "other--1"
    path = f"{other['id']}/revisions".lower()
    manager.answers[path] = Answer(200, revisions)
    return Answer(200, {"value": [app, other, far]})


def test_what_runs_on_the_profile_and_what_is_needed_is_told(
    manager: Manager, orch: Orch, neighbours: Answer
) -> None:
    manager.answers[_SUBSCRIPTION] = neighbours

    told = json.loads(orch("capacity", "--json").printed)
    assert told["profile"] == {
        "name": "E16",
        "type": "E16",
        "minimum": 1,
        "maximum": 1,
        "current": 1,
        "node": {"cpu": 16.0, "memory_gib": 128.0},
    }
    assert [(one["revision"], one["replicas"]) for one in told["placed"]] == [
        (LATEST, 1),
        ("other--1", 1),
    ]
    assert told["single"] == {"old_replicas": 1, "nodes": 3, "fits": False}
    assert told["unknown"] == []


def test_where_only_the_resource_group_may_be_read_the_others_are_looked_for_there(
    manager: Manager, orch: Orch, neighbours: Answer
) -> None:
    manager.answers |= {_SUBSCRIPTION: recorded("forbidden"), _GROUP: neighbours}

    assert len(json.loads(orch("capacity", "--json").printed)["placed"]) == 2


def _metric(name: str, *last: float | None, ended: float | None = None) -> dict[str, object]:
    """What Azure Monitor tells of a metric, for each of several replicas, and one that ended."""
    dimensions = [
        {"name": {"value": "revisionname"}, "value": LATEST},
        {"name": {"value": "podname"}, "value": "any"},
    ]
    values: list[tuple[float | None, ...]] = [(1.0, 1.0, value, None) for value in last]
    if ended is not None:
        values.append((ended, None, None, None))
    series = [
        {
            "metadatavalues": dimensions,
            "data": [
                {"timeStamp": f"2026-03-04T05:0{minute}:00Z"}
                | ({} if value is None else {"average": value})
                for minute, value in enumerate(each)
            ],
        }
        for each in values
    ]
    return {"name": {"value": name, "localizedValue": name}, "timeseries": series}


def test_what_is_used_stands_beside_what_was_asked_for(manager: Manager, orch: Orch) -> None:
    path = f"{APP_ID}/providers/Microsoft.Insights/metrics".lower()
    cpu = _metric("UsageNanoCores", 2.5e8, 5e8)
    memory = _metric("WorkingSetBytes", 1 << 30, None)
    manager.answers[path] = Answer(200, {"value": [cpu, memory, _metric("Replicas", 1)]})

    told = json.loads(orch("capacity", "--json").printed)
    (asked,) = [one for one in manager.asked if "/metrics" in one]
    assert told["placed"][0]["used"] == {
        "cpu": 0.75,
        "memory_gib": pytest.approx(1.0),
    }
    query = parse_qs(urlsplit(asked).query)
    assert query["metricnames"] == ["UsageNanoCores,WorkingSetBytes"]
    assert query["$filter"] == ["revisionName eq '*' and podName eq '*'"]
    assert query["api-version"] == ["2023-10-01"]
    assert query["top"] == ["1000"], "of ten replicas Azure tells where nobody says of how many"
    assert " " not in asked
    assert "0.75 vCPU, 1.00 GiB" in orch("capacity").printed


def test_what_a_replica_used_that_has_ended_is_no_use_now(manager: Manager, orch: Orch) -> None:
    path = f"{APP_ID}/providers/Microsoft.Insights/metrics".lower()
    cpu = _metric("UsageNanoCores", 2.5e8, ended=5e8)
    manager.answers[path] = Answer(200, {"value": [cpu]})

    used = json.loads(orch("capacity", "--json").printed)["placed"][0]["used"]
    assert used == {"cpu": 0.25, "memory_gib": None}


def test_a_person_is_told_which_mode_is_the_app_s(orch: Orch) -> None:
    done = orch("capacity")

    assert done.code == 0
    assert "profile E16 (E16): 1 node of 1 to 1 with 16 vCPU and 128 GiB each" in done.printed
    assert "in single mode, beside 1 of former revisions: 2 nodes, does not fit" in done.printed
    assert "not known: the other apps of the environment could not be read" in done.printed
