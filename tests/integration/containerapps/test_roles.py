"""Which roles an app's identities lack, by the real client and what is assigned to them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.azure_manager import APP_ID, SUBSCRIPTION, Answer, managing

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.errors import AzureFailedError
from funcyard.azure.manager import Manager
from funcyard.containerapps.health.asking.roles import missing_roles
from funcyard.containerapps.models import App, AppIdentity, Registry, Secret
from funcyard.containerapps.template import Container, Variable

_HERE = f"/subscriptions/{SUBSCRIPTION}"
_REGISTRY = f"{_HERE}/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/images"
_ACCOUNT = f"{_HERE}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/acc"
_VAULT = f"{_HERE}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kept"
_SECRETS_USER = "4633458b-17de-408a-874b-0445c86b69e6"
_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
_READ_REPOSITORY = "b93aa761-3e63-49ed-ac28-beffa264f7ac"
_BLOBS = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_GROUP = "/providers/Microsoft.Management/managementGroups/all"

_APP = App(
    APP_ID,
    "orch-dev",
    registries=(Registry("images.azurecr.io", identity="system"),),
    identity=AppIdentity("SystemAssigned", "own"),
)
_MAIN = Container("main", "images.azurecr.io/app:1")
_KEPT = Container("main", "app:1", variables=(Variable("AzureWebJobsStorage__accountName", "acc"),))


def _assigned(role: str, scope: str) -> Answer:
    definition = f"{_HERE}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    properties = {"roleDefinitionId": definition, "scope": scope, "principalId": "own"}
    return Answer(200, {"value": [{"properties": properties}]})


async def _missing(
    folder: Path, assigned: Answer, app: App = _APP, main: Container = _MAIN, *, seen: bool = True
) -> list[str]:
    registries = [{"id": _REGISTRY, "properties": {"loginServer": "images.azurecr.io"}}]
    assignments = "/providers/Microsoft.Authorization/roleAssignments"
    answers = {
        f"{_HERE}/providers/Microsoft.ContainerRegistry/registries": Answer(
            200, {"value": registries if seen else []}
        ),
        f"{_HERE}/providers/Microsoft.Storage/storageAccounts": Answer(
            200, {"value": [{"id": _ACCOUNT, "name": "acc"}]}
        ),
        f"{_HERE}/providers/Microsoft.KeyVault/vaults": Answer(
            200,
            {
                "value": [
                    {"id": _VAULT, "name": "kept", "properties": {"enableRbacAuthorization": True}},
                    {"id": f"{_VAULT}2", "name": "policies", "properties": {}},
                ]
            },
        ),
        f"{_VAULT}{assignments}": assigned,
        f"{_REGISTRY}{assignments}": assigned,
        f"{_ACCOUNT}{assignments}": assigned,
    }
    with managing(folder, {name.lower(): one for name, one in answers.items()}) as manager:
        cloud = cloud_of(manager.settings)
        async with (
            credential(identity_of(manager.settings), cloud) as who,
            Manager(who, cloud) as asked,
        ):
            return [one.role for one in await missing_roles(asked, app, main)]


@pytest.mark.parametrize(
    ("role", "scope", "missing"),
    [
        (_PULL, _REGISTRY, []),
        (_READ_REPOSITORY, _REGISTRY, []),
        (_PULL, _HERE, []),
        (_PULL, "/", []),
        (_PULL, _GROUP, []),
        (_READER, _GROUP, ["AcrPull"]),
        (_PULL, f"{_REGISTRY}2", ["AcrPull"]),
    ],
)
async def test_a_role_counts_wherever_above_it_is_assigned(
    tmp_path: Path, role: str, scope: str, missing: list[str]
) -> None:
    assert await _missing(tmp_path, _assigned(role, scope)) == missing


async def test_roles_on_what_cannot_be_seen_are_not_known(tmp_path: Path) -> None:
    with pytest.raises(AzureFailedError, match=r"images\.azurecr\.io cannot be seen"):
        await _missing(tmp_path, _assigned(_PULL, _REGISTRY), seen=False)


@pytest.mark.parametrize(
    ("vault", "role", "missing"),
    [
        ("kept", _SECRETS_USER, []),
        ("kept", _READER, ["Key Vault Secrets User"]),
        ("policies", _READER, []),
    ],
)
async def test_secrets_in_a_vault_need_a_role_there(
    tmp_path: Path, vault: str, role: str, missing: list[str]
) -> None:
    secret = Secret("one", f"https://{vault}.vault.azure.net/secrets/one", "system")
    app = replace(_APP, registries=(), secrets=(secret,))
    assert await _missing(tmp_path, _assigned(role, _HERE), app) == missing


async def test_storage_is_used_as_the_identity_that_settings_name(tmp_path: Path) -> None:
    app = replace(_APP, identity=AppIdentity("both", "", (("/id/one", "own"),)))
    assert await _missing(tmp_path, _assigned(_BLOBS, _ACCOUNT), app, _KEPT) == []
    missing = await _missing(tmp_path, _assigned(_READER, _ACCOUNT), app, _KEPT)
    assert missing == ["Storage Blob Data Owner"]
