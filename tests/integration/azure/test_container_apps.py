"""The client of container apps: what it sends, and what it makes of answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.azure_manager import (
    APP_ID,
    ENVIRONMENT_ID,
    Answer,
    Manager,
    app_answer,
    container_app,
    managing,
    recorded,
)

from funcyard.azure.cloud import cloud_of
from funcyard.azure.container_apps import (
    CONTAINER_APP,
    ENVIRONMENT,
    ContainerApps,
    environment_of,
)
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.errors import AzureFailedError, AzureNotFoundError, AzureRefusedError
from funcyard.azure.resource_ids import read_resource_id

_APP = read_resource_id(APP_ID, CONTAINER_APP)
_ENVIRONMENT = read_resource_id(ENVIRONMENT_ID, ENVIRONMENT)
_VERSION = "api-version=2025-07-01"


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    with managing(tmp_path, container_app()) as found:
        yield found


@pytest.fixture
async def client(manager: Manager) -> AsyncIterator[ContainerApps]:
    cloud = cloud_of(manager.settings)
    async with (
        credential(identity_of(manager.settings), cloud) as token,
        ContainerApps(token, cloud, _APP.subscription) as found,
    ):
        yield found


async def test_a_patch_is_sent_as_it_is_and_followed_to_its_end(
    manager: Manager, client: ContainerApps
) -> None:
    base = manager.settings["AZURE_AUTHORITY_HOST"]
    status = f"/subscriptions/{_APP.subscription}/providers/Microsoft.App/statuses/one"
    headers = {"azure-asyncoperation": f"{base}{status}?{_VERSION}", "retry-after": "0"}
    manager.answers[f"PATCH {APP_ID.lower()}"] = Answer(202, None, headers)
    manager.answers[status.lower()] = Answer(200, {"name": "one", "status": "Succeeded"})
    body = {"properties": {"template": {"containers": [{"name": "one", "image": None, "new": 1}]}}}

    changed = await client.patch(_APP, body)

    assert json.loads(manager.sent[-1]) == body
    assert [line.partition("?")[0] for line in manager.asked] == [
        f"PATCH {APP_ID}",
        status,
        APP_ID,
    ]
    assert changed == app_answer().body


async def test_a_change_that_fails_says_why(manager: Manager, client: ContainerApps) -> None:
    base = manager.settings["AZURE_AUTHORITY_HOST"]
    status = f"/subscriptions/{_APP.subscription}/providers/Microsoft.App/statuses/one"
    headers = {"azure-asyncoperation": f"{base}{status}?{_VERSION}", "retry-after": "0"}
    error = {"code": "ContainerAppOperationError", "message": "Failed to provision revision."}
    manager.answers[f"PATCH {APP_ID.lower()}"] = Answer(202, None, headers)
    manager.answers[status.lower()] = Answer(
        200, {"name": "one", "status": "Failed", "error": error}
    )

    with pytest.raises(AzureFailedError, match="Failed to provision revision") as raised:
        await client.patch(_APP, {})

    assert raised.value.service_code == "ContainerAppOperationError"
    assert raised.value.exit_code == 1


async def test_a_refused_change_is_told_with_its_code(
    manager: Manager, client: ContainerApps
) -> None:
    error = {"code": "ContainerAppRegistriesPasswordSecretRefNotFound", "message": "not found."}
    manager.answers[f"PATCH {APP_ID.lower()}"] = Answer(400, {"error": error})

    with pytest.raises(AzureRefusedError) as raised:
        await client.patch(_APP, {})

    assert raised.value.service_code == error["code"]
    assert raised.value.exit_code == 3


async def test_revisions_are_changed_by_posts(manager: Manager, client: ContainerApps) -> None:
    actions = ("activate", "deactivate", "restart")
    for action in actions:
        manager.answers[f"POST {APP_ID.lower()}/revisions/one/{action}"] = Answer(200, None)

    await client.activate(_APP, "one")
    await client.deactivate(_APP, "one")
    await client.restart(_APP, "one")

    assert manager.asked == [
        f"POST {APP_ID}/revisions/one/{action}?{_VERSION}" for action in actions
    ]


async def test_secrets_and_tokens_are_asked_for_by_posts(
    manager: Manager, client: ContainerApps
) -> None:
    listed = {"value": [{"name": "one", "value": "s3cret"}, {"name": "two", "keyVaultUrl": "x"}]}
    token = {"properties": {"token": "t0", "expires": "2024-10-14T07:35:25.7439141Z"}}
    manager.answers[f"POST {APP_ID.lower()}/listsecrets"] = Answer(200, listed)
    manager.answers[f"POST {APP_ID.lower()}/getauthtoken"] = Answer(200, token)
    manager.answers[f"POST {ENVIRONMENT_ID.lower()}/getauthtoken"] = Answer(200, token)

    assert await client.secrets(_APP) == {"one": "s3cret", "two": ""}
    assert await client.auth_token(_APP) == token
    assert await client.environment_auth_token(_ENVIRONMENT) == token


async def test_apps_are_listed_over_all_pages(manager: Manager, client: ContainerApps) -> None:
    path = f"/subscriptions/{_APP.subscription}/providers/Microsoft.App/containerApps"
    base = manager.settings["AZURE_AUTHORITY_HOST"]
    first, second = {**app_answer().body, "name": "one"}, {**app_answer().body, "name": "two"}
    manager.answers[path.lower()] = Answer(
        200, {"value": [first], "nextLink": f"{base}{path}/more?{_VERSION}"}
    )
    manager.answers[f"{path.lower()}/more"] = Answer(200, {"value": [second]})

    assert await client.apps() == [first, second]


async def test_one_revision_and_its_replicas_are_read(
    manager: Manager, client: ContainerApps
) -> None:
    revision = recorded("revisions_list").body["value"][0]
    replica = {"name": "one-abc", "properties": {"runningState": "Running", "containers": []}}
    manager.answers[f"{APP_ID.lower()}/revisions/one"] = Answer(200, revision)
    manager.answers[f"{APP_ID.lower()}/revisions/one/replicas"] = Answer(200, {"value": [replica]})

    assert await client.revision(_APP, "one") == revision
    assert await client.replicas(_APP, "one") == [replica]
    with pytest.raises(AzureNotFoundError, match="reading the replicas of two"):
        await client.replicas(_APP, "two")


def test_an_app_s_environment_is_named_in_either_of_two_places() -> None:
    assert environment_of({"properties": {"environmentId": ENVIRONMENT_ID}}) == _ENVIRONMENT
    assert environment_of({"properties": {"managedEnvironmentId": ENVIRONMENT_ID}}) == _ENVIRONMENT
    assert environment_of({"properties": None}) is None
    assert environment_of({"properties": {"environmentId": "elsewhere"}}) is None
