"""All that Azure tells of an app at once: the real client, and answers that Microsoft recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.azure_manager import (
    APP_ID,
    ENVIRONMENT_ID,
    Answer,
    Manager,
    changed,
    container_app,
    managing,
    recorded,
)

from funcyard.azure.cloud import cloud_of
from funcyard.azure.container_apps import CONTAINER_APP, ContainerApps
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.errors import AzureNotFoundError, AzureUnreachableError
from funcyard.azure.resource_ids import read_resource_id
from funcyard.containerapps.observing import Observation, observe

_APP = read_resource_id(APP_ID, CONTAINER_APP)
_REVISIONS = changed(recorded("revisions_list"), "value.1.properties.active", value=False)
_NAMES = [one["name"] for one in _REVISIONS.body["value"]]
_REPLICA = {"name": "one", "properties": {"runningState": "Running", "containers": []}}


async def _observed(manager: Manager, patience: float = 60.0) -> Observation:
    cloud = cloud_of(manager.settings)
    async with (
        credential(identity_of(manager.settings), cloud) as token,
        ContainerApps(token, cloud, _APP.subscription) as client,
    ):
        return await observe(client, _APP, patience=patience)


async def test_a_page_elsewhere_is_not_asked_for(tmp_path: Path) -> None:
    revisions = changed(_REVISIONS, "nextLink", "https://localhost:9/more")
    with managing(tmp_path, container_app(revisions=revisions)) as manager:
        seen = await _observed(manager)

    assert seen.revisions is None
    told = [one.message for one in seen.faults]
    assert "Azure named localhost:9, where nobody gets this token" in told


async def test_an_app_is_told_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    listed = {
        f"{APP_ID}/revisions/{_NAMES[0]}/replicas".lower(): Answer(200, {"value": [_REPLICA]})
    }
    with managing(tmp_path, {**container_app(revisions=_REVISIONS), **listed}) as manager:
        seen = await _observed(manager)

    assert seen.faults == ()
    assert [one.name for one in seen.active] == _NAMES[:1]
    assert [one.name for one in seen.revisions or ()] == _NAMES
    assert {name: len(found) for name, found in seen.replicas.items()} == {_NAMES[0]: 1}
    assert seen.environment is not None
    assert seen.environment.profile("wpname") is not None
    assert seen.profile_state("CONSUMPTION") is not None
    assert len(manager.asked) == 5


async def test_what_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    answers = container_app(environment=recorded("forbidden"), revisions=_REVISIONS)
    answers[f"{ENVIRONMENT_ID}/workloadProfileStates".lower()] = recorded("forbidden")
    with managing(tmp_path, answers) as manager:
        seen = await _observed(manager)

    assert (seen.environment, seen.profile_states, dict(seen.replicas)) == (None, None, {})
    assert sorted(fault.exit_code for fault in seen.faults) == [3, 3, 3]


async def test_revisions_that_cannot_be_read_are_not_none_at_all(tmp_path: Path) -> None:
    with managing(tmp_path, container_app(revisions=recorded("forbidden"))) as manager:
        seen = await _observed(manager)

    assert seen.revisions is None
    assert [str(fault).partition(":")[0] for fault in seen.faults] == [
        "reading the revisions of orch-dev"
    ]


async def test_an_app_that_is_not_there_is_told_as_that(tmp_path: Path) -> None:
    with (
        managing(tmp_path, {}) as manager,
        pytest.raises(AzureNotFoundError, match="reading the container app orch-dev"),
    ):
        await _observed(manager)


async def test_the_latest_revision_comes_last_whatever_its_name_is(tmp_path: Path) -> None:
    listed = changed(_REVISIONS, "value.1.properties.createdTime", "2024-10-14T07:05:19+00:00")
    app = changed(
        recorded("container_app_get_succeeded_ingress"),
        "properties.latestRevisionName",
        _NAMES[0],
    )
    with managing(tmp_path, container_app(app=app, revisions=listed)) as manager:
        seen = await _observed(manager)

    assert [one.name for one in seen.revisions or ()] == [_NAMES[1], _NAMES[0]]


async def test_a_look_ends(tmp_path: Path) -> None:
    with (
        managing(tmp_path, container_app()) as manager,
        pytest.raises(AzureUnreachableError, match="no answer within 0 seconds"),
    ):
        await _observed(manager, patience=0.0)
