"""What Azure tells of a container app: the real client, and answers that Microsoft recorded."""

from __future__ import annotations

import socket
from dataclasses import replace
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
from funcyard.azure.container_apps import CONTAINER_APP
from funcyard.azure.credentials import identity_of
from funcyard.azure.described_app import DescribedApp, describe_app
from funcyard.azure.errors import (
    AzureAuthenticationError,
    AzureNotFoundError,
    AzureRefusedError,
    AzureUnreachableError,
)
from funcyard.azure.resource_ids import read_resource_id


async def _described(
    manager: Manager, text: str = APP_ID, patience: float = 60, said: list[str] | None = None
) -> DescribedApp:
    return await describe_app(
        read_resource_id(text, CONTAINER_APP),
        identity_of(manager.settings),
        cloud_of(manager.settings),
        tell=([] if said is None else said).append,
        patience=patience,
    )


async def test_an_app_is_told_with_its_environment_and_its_active_revisions(
    tmp_path: Path,
) -> None:
    listed = changed(recorded("revisions_list"), "value.1.properties.active", value=False)
    with managing(tmp_path, container_app(revisions=listed)) as manager:
        told = await _described(manager)

    assert told.faults == ()
    assert told.app is not None
    assert told.environment is not None
    assert told.app["properties"]["template"]["containers"][0]["resources"]["cpu"] == 0.5
    assert told.environment["properties"]["workloadProfiles"][1] == {
        "workloadProfileType": "D8",
        "name": "wpname",
        "minimumCount": 1,
        "maximumCount": 8,
    }
    assert [state["name"] for state in told.states] == ["Consumption", "flex"]
    assert [one["name"] for one in told.revisions] == [listed.body["value"][0]["name"]]
    assert {path.partition("?")[2] for path in manager.asked} == {"api-version=2025-07-01"}


@pytest.mark.parametrize(
    ("name", "kind", "status", "code"),
    [
        ("environment_get_missing", AzureNotFoundError, 404, "ResourceNotFound"),
        ("group_missing", AzureNotFoundError, 404, "ResourceGroupNotFound"),
        ("html_page", AzureNotFoundError, 404, ""),
        ("forbidden", AzureRefusedError, 403, "AuthorizationFailed"),
        ("throttled", AzureUnreachableError, 429, "TooManyRequests"),
    ],
)
async def test_a_refusal_is_told_by_its_kind_and_asked_for_once(
    tmp_path: Path, name: str, kind: type[Exception], status: int, code: str
) -> None:
    refusal = recorded(name)
    refusal.headers["Retry-After"] = "3600"  # longer than anybody would wait here
    with managing(tmp_path, container_app(app=refusal)) as manager:
        told = await _described(manager)

    (fault,) = told.faults
    assert (told.app, type(fault), fault.status, fault.service_code) == (None, kind, status, code)
    assert len(manager.asked) == 1


async def test_what_azure_is_too_busy_to_tell_is_asked_for_again_and_a_wait_is_told(
    tmp_path: Path,
) -> None:
    answers, path = container_app(), APP_ID.lower()
    said: list[str] = []
    with managing(tmp_path, answers) as manager:
        manager.then[path] = [Answer(503, {}, {"retry-after": "0.05"}), manager.answers[path]]
        manager.answers[path] = Answer(429, {}, {"retry-after": "1"})
        told = await _described(manager, said=said)

    assert told.faults == ()
    assert [asked.partition("?")[0].lower() for asked in manager.asked[:4]].count(path) == 3
    assert said == ["Azure is asked too often (429): asking again in 2 seconds"]


async def test_an_environment_that_may_not_be_read_leaves_the_app(tmp_path: Path) -> None:
    answers = container_app(environment=recorded("forbidden"))
    with managing(tmp_path, answers) as manager:
        told = await _described(manager)

    assert told.app is not None
    assert told.environment is None
    assert [fault.exit_code for fault in told.faults] == [3]


async def test_a_child_that_is_missing_is_told_by_the_provider_s_own_code(tmp_path: Path) -> None:
    states = {
        f"{ENVIRONMENT_ID}/workloadProfileStates".lower(): recorded(
            "environment_storage_get_missing"
        )
    }
    with managing(tmp_path, {**container_app(), **states}) as manager:
        told = await _described(manager)

    assert [fault.service_code for fault in told.faults] == ["ManagedEnvironmentStorageNotFound"]


async def test_another_secret_is_refused_and_not_shown(tmp_path: Path) -> None:
    with managing(tmp_path, container_app()) as manager:
        manager.settings["AZURE_CLIENT_SECRET"] = "wr0ng"  # noqa: S105 - none
        told = await _described(manager)

    (fault,) = told.faults
    assert isinstance(fault, AzureAuthenticationError)
    assert "wr0ng" not in str(fault)


async def test_nobody_there_is_told_apart(tmp_path: Path) -> None:
    with managing(tmp_path, container_app()) as manager, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        nowhere = f"https://localhost:{probe.getsockname()[1]}"
        told = await describe_app(
            read_resource_id(APP_ID, CONTAINER_APP),
            identity_of(manager.settings),
            replace(cloud_of(manager.settings), manager_address=nowhere),
            tell=print,
        )

    assert [fault.exit_code for fault in told.faults] == [4]


async def test_waiting_ends(tmp_path: Path) -> None:
    with managing(tmp_path, container_app()) as manager:
        told = await _described(manager, patience=0.0)

    (fault,) = told.faults
    assert isinstance(fault, AzureUnreachableError)
    assert "no answer within 0 seconds" in str(fault)


async def test_an_app_without_an_environment_that_can_be_meant_is_told_alone(
    tmp_path: Path,
) -> None:
    app = recorded("container_app_get_succeeded_ingress")
    for name in ("environmentId", "managedEnvironmentId"):
        app = changed(app, f"properties.{name}", "elsewhere")
    with managing(
        tmp_path, {APP_ID.lower(): app, f"{APP_ID}/revisions".lower(): Answer(200, {"value": []})}
    ) as manager:
        told = await _described(manager)

    assert (told.environment, told.revisions, told.faults) == (None, (), ())
