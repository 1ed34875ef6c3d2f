"""Revisions are switched, and followed through what Azure answers until it is so."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.azure_manager import APP_ID, Answer, Manager, container_app, managing, recorded

from funcyard.azure.cloud import cloud_of
from funcyard.azure.container_apps import CONTAINER_APP, ContainerApps
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.resource_ids import read_resource_id
from funcyard.containerapps.models import App
from funcyard.containerapps.polling import TooSlowError
from funcyard.containerapps.switching import RevisionFailedError, Switch

_APP = read_resource_id(APP_ID, CONTAINER_APP)
_FOUND = App(APP_ID, "orch-dev")
_NAME = "orch-dev--0000001"
_PATH = f"{APP_ID}/revisions/{_NAME}".lower()


def _revision(*, active: bool = True, state: str = "Running", least: int = 1) -> Answer:
    body = copy.deepcopy(recorded("revisions_list").body["value"][0])
    body["name"] = _NAME
    body["properties"] |= {"active": active, "runningState": state}
    body["properties"]["template"]["scale"]["minReplicas"] = least
    return Answer(200, body)


def _replicas(*starts: str, ready: bool = True) -> Answer:
    def replica(start: str) -> dict[str, Any]:
        container = {"name": "one", "containerId": start, "ready": ready}
        return {"name": f"{_NAME}-{start}", "properties": {"containers": [container]}}

    return Answer(200, {"value": [replica(start) for start in starts]})


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    with managing(tmp_path, container_app()) as found:
        for action in ("activate", "deactivate", "restart"):
            found.answers[f"POST {_PATH}/{action}"] = Answer(200, None)
        yield found


@pytest.fixture
async def switch(manager: Manager) -> AsyncIterator[Switch]:
    cloud = cloud_of(manager.settings)
    async with (
        credential(identity_of(manager.settings), cloud) as token,
        ContainerApps(token, cloud, _APP.subscription) as client,
    ):
        yield Switch(client, _APP, patience=20, pause=0.0)


async def test_a_revision_is_active_once_its_replicas_are_ready(
    manager: Manager, switch: Switch
) -> None:
    manager.answers[_PATH] = _revision(active=False, state="Stopped")
    manager.then[_PATH] = [_revision(state="Activating"), _revision()]
    manager.answers[f"{_PATH}/replicas"] = _replicas()
    manager.then[f"{_PATH}/replicas"] = [_replicas("a", ready=False), _replicas("a")]

    revision = await switch.activate(_FOUND, _NAME)

    assert (revision.active, revision.states.running_state) == (True, "Running")
    assert manager.asked[0].startswith(f"POST {APP_ID}/revisions/{_NAME}/activate")


async def test_a_revision_that_wants_no_replica_is_active_without_one(
    manager: Manager, switch: Switch
) -> None:
    manager.answers[_PATH] = _revision(state="ScaledToZero", least=0)
    manager.answers[f"{_PATH}/replicas"] = _replicas()

    assert (await switch.activate(_FOUND, _NAME)).states.running_state == "ScaledToZero"


async def test_a_revision_that_does_not_start_says_so(manager: Manager, switch: Switch) -> None:
    manager.answers[_PATH] = _revision(state="ActivationFailed")
    manager.answers[f"{_PATH}/replicas"] = _replicas()

    with pytest.raises(RevisionFailedError, match=f"{_NAME} is ActivationFailed"):
        await switch.activate(_FOUND, _NAME)


async def test_a_state_of_before_is_not_taken_for_a_new_failure(
    manager: Manager, switch: Switch
) -> None:
    manager.answers[_PATH] = _revision(state="Failed")
    manager.then[_PATH] = [_revision(state="Failed"), _revision()]
    manager.answers[f"{_PATH}/replicas"] = _replicas("a")

    assert (await switch.activate(_FOUND, _NAME)).states.running_state == "Running"


async def test_a_revision_is_off_once_none_of_its_replicas_is_left(
    manager: Manager, switch: Switch
) -> None:
    manager.answers[_PATH] = _revision(active=False)
    manager.answers[f"{_PATH}/replicas"] = _replicas("a")
    manager.then[f"{_PATH}/replicas"] = [_replicas("a"), _replicas()]

    assert not (await switch.deactivate(_NAME)).active
    assert manager.then[f"{_PATH}/replicas"] == []


async def test_a_revision_is_restarted_once_every_container_was_started_anew(
    manager: Manager, switch: Switch
) -> None:
    manager.answers[_PATH] = _revision(least=2)
    looks = [_replicas("a", "c"), _replicas("c"), _replicas("c", "d")]
    manager.answers[f"{_PATH}/replicas"] = _replicas("a", "b")
    manager.then[f"{_PATH}/replicas"] = looks

    await switch.restart(_FOUND, _NAME)

    assert manager.then[f"{_PATH}/replicas"] == []


async def test_what_is_not_so_in_time_is_told(manager: Manager) -> None:
    manager.answers[_PATH] = _revision(state="Activating")
    manager.answers[f"{_PATH}/replicas"] = _replicas("a", ready=False)
    cloud = cloud_of(manager.settings)
    async with (
        credential(identity_of(manager.settings), cloud) as token,
        ContainerApps(token, cloud, _APP.subscription) as client,
    ):
        switch = Switch(client, _APP, patience=0.5, pause=0.05)
        with pytest.raises(TooSlowError, match=f"waiting for {_NAME} to run: not so within"):
            await switch.activate(_FOUND, _NAME)


async def test_a_moment_in_which_azure_is_busy_ends_no_waiting(
    manager: Manager, switch: Switch
) -> None:
    manager.answers[_PATH] = recorded("throttled")
    manager.then[_PATH] = [_revision()]
    manager.answers[f"{_PATH}/replicas"] = _replicas("a")

    assert (await switch.activate(_FOUND, _NAME)).active
