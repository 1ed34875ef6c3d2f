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
_OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
_DELETE = "c2f4ef07-c644-48eb-af81-4b1b4947fb11"
_ROLES = f"{_HERE}/providers/Microsoft.Authorization/roleDefinitions"
_OWN = "c0570000-0000-4000-8000-000000000001"
_OTHER = "c0570000-0000-4000-8000-000000000002"
_BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_GROUP = "/providers/Microsoft.Management/managementGroups/all"

_APP = App(
    APP_ID,
    "orch-dev",
    registries=(Registry("images.azurecr.io", identity="system"),),
    identity=AppIdentity("SystemAssigned", "own"),
)
_MAIN = Container("main", "images.azurecr.io/app:1")
_KEPT = Container("main", "app:1", variables=(Variable("AzureWebJobsStorage__accountName", "acc"),))


def _assigned(*roles: str, scope: str = _HERE, condition: str | None = None) -> Answer:
    properties = {"scope": scope, "principalId": "own", "condition": condition}
    listed = [
        {"properties": {"roleDefinitionId": f"{_ROLES}/{one}", **properties}} for one in roles
    ]
    return Answer(200, {"value": listed})


def _role(
    *, actions: list[str] | None = None, not_actions: list[str] | None = None, data: str = ""
) -> Answer:
    permission = {
        "actions": actions or [],
        "notActions": not_actions or [],
        "dataActions": [data] if data else [],
        "notDataActions": [],
    }
    return Answer(200, {"properties": {"type": "CustomRole", "permissions": [permission]}})


async def _missing(
    folder: Path,
    assigned: Answer,
    app: App = _APP,
    main: Container = _MAIN,
    *,
    seen: bool = True,
    roles: dict[str, Answer] | None = None,
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
        f"{_ROLES}/{_READER}": _role(actions=["*/read"]),
        f"{_ROLES}/{_DELETE}": _role(
            actions=["Microsoft.ContainerRegistry/registries/artifacts/delete"]
        ),
        **(roles or {}),
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
        (_READER, _REGISTRY, []),  # */read, which pulls, too
        (_DELETE, _GROUP, ["AcrPull"]),
        (_PULL, f"{_REGISTRY}2", ["AcrPull"]),
    ],
)
async def test_a_role_counts_wherever_above_it_is_assigned(
    tmp_path: Path, role: str, scope: str, missing: list[str]
) -> None:
    assert await _missing(tmp_path, _assigned(role, scope=scope)) == missing


async def test_roles_on_what_cannot_be_seen_are_not_known(tmp_path: Path) -> None:
    with pytest.raises(AzureFailedError, match=r"images\.azurecr\.io cannot be seen"):
        await _missing(tmp_path, _assigned(_PULL, scope=_REGISTRY), seen=False)


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
    assert await _missing(tmp_path, _assigned(role, scope=_HERE), app) == missing


async def test_storage_is_used_as_the_identity_that_settings_name(tmp_path: Path) -> None:
    app = replace(_APP, identity=AppIdentity("both", "", (("/id/one", "own"),)))
    assert await _missing(tmp_path, _assigned(_BLOBS, scope=_ACCOUNT), app, _KEPT) == []
    missing = await _missing(tmp_path, _assigned(_READER, scope=_ACCOUNT), app, _KEPT)
    assert missing == ["Storage Blob Data Owner"]


@pytest.mark.parametrize(
    ("role", "missing"),
    [
        (_role(actions=["Microsoft.ContainerRegistry/registries/pull/read"]), []),
        (_role(actions=["microsoft.containerregistry/*/read"]), []),
        (_role(actions=["*"], not_actions=["Microsoft.ContainerRegistry/*"]), ["AcrPull"]),
        (_role(data="*"), ["AcrPull"]),
        (_role(actions=["Microsoft.ContainerRegistry/registries/read"]), ["AcrPull"]),
    ],
)
async def test_a_role_of_one_s_own_counts_by_what_it_allows(
    tmp_path: Path, role: Answer, missing: list[str]
) -> None:
    roles = {f"{_ROLES}/{_OWN}": role}
    assert await _missing(tmp_path, _assigned(_OWN), roles=roles) == missing


@pytest.mark.parametrize("answer", [Answer(403, {"error": {"code": "AuthorizationFailed"}}), None])
async def test_what_a_role_allows_that_cannot_be_read_is_not_known(
    tmp_path: Path, answer: Answer | None
) -> None:
    roles = {f"{_ROLES}/{_OWN}": answer} if answer else {}
    with pytest.raises(AzureFailedError, match=f"the role {_OWN} allows is not known"):
        await _missing(tmp_path, _assigned(_OWN), roles=roles)

    assert await _missing(tmp_path, _assigned(_OWN, _PULL), roles=roles) == []


async def test_a_role_under_a_condition_is_not_judged(tmp_path: Path) -> None:
    roles = {f"{_ROLES}/{_OWN}": _role(actions=["*"])}
    with pytest.raises(AzureFailedError, match="under a condition"):
        await _missing(tmp_path, _assigned(_OWN, condition="((…))"), roles=roles)


_SOME_BLOBS = (
    f"((!(ActionMatches{{'{_BLOB}/read'}} AND NOT SubOperationMatches{{'Blob.List'}})) OR"
    " (@Resource[…/containers:name] StringEquals 'mine'))"
)
_SOME_GRANTS = (
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR"
    " (@Request[…:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {…}))"
)


@pytest.mark.parametrize("role", [_BLOBS, _OWN])
async def test_a_condition_on_what_is_needed_leaves_it_unknown_for_roles_of_azure_too(
    tmp_path: Path, role: str
) -> None:
    app = replace(_APP, identity=AppIdentity("both", "", (("/id/one", "own"),)))
    roles = {f"{_ROLES}/{_OWN}": _role(data="*")}
    assigned = _assigned(role, condition=_SOME_BLOBS)
    with pytest.raises(AzureFailedError, match=f"the role {role} allows is not known"):
        await _missing(tmp_path, assigned, app, _KEPT, roles=roles)


@pytest.mark.parametrize("role", [_OWNER, _OWN])
async def test_a_condition_on_something_else_takes_nothing_away(tmp_path: Path, role: str) -> None:
    """As of an owner who may grant some roles only."""
    roles = {f"{_ROLES}/{_OWN}": _role(actions=["*"])}
    assert await _missing(tmp_path, _assigned(role, condition=_SOME_GRANTS), roles=roles) == []


async def test_several_roles_may_allow_together_what_is_needed(tmp_path: Path) -> None:
    app = replace(_APP, identity=AppIdentity("both", "", (("/id/one", "own"),)))
    roles = {
        f"{_ROLES}/{_OWN}": _role(data=f"{_BLOB}/read"),
        f"{_ROLES}/{_OTHER}": _role(data=f"{_BLOB}/write"),
    }
    both, one = _assigned(_OWN, _OTHER), _assigned(_OWN)
    assert await _missing(tmp_path, both, app, _KEPT, roles=roles) == []
    missing = await _missing(tmp_path, one, app, _KEPT, roles=roles)
    assert missing == ["Storage Blob Data Owner"]
