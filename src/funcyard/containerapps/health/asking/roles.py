"""Which roles the identities of an app need, and which of them they have not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from funcyard.azure.errors import AzureFailedError, azure_errors
from funcyard.containerapps.health.checks.settings import STORAGE
from funcyard.containerapps.health.facts import MissingRole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.azure.manager import Manager
    from funcyard.containerapps.models import App
    from funcyard.containerapps.template import Container

_REGISTRIES: Final = ("Microsoft.ContainerRegistry/registries", "2023-07-01")
_ACCOUNTS: Final = ("Microsoft.Storage/storageAccounts", "2023-05-01")
_VAULTS: Final = ("Microsoft.KeyVault/vaults", "2023-07-01")
_ASSIGNMENTS: Final = "2022-04-01"
_GROUPS: Final = "/providers/microsoft.management/managementgroups/"
"""Management groups: of those only what is above a scope is told there."""
_NAMING: Final = ("clientId", "managedIdentityResourceId")
"""Settings that name an identity other than the app's own."""


@dataclass(frozen=True, slots=True)
class _Need:
    """A role that is needed, and those that hold it.

    https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
    """

    role: str
    purpose: str
    ids: frozenset[str]


_ALL: Final = frozenset(
    {
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",  # Owner
        "b24988ac-6180-42a0-ab88-20f7382dd24c",  # Contributor
    }
)
_PULL: Final = _Need(
    "AcrPull",
    "pull its image",
    _ALL
    | {
        "7f951dda-4ed3-4680-a7ca-43fe172d538d",  # AcrPull
        "8311e382-0749-4cb8-b61a-304f252e45ec",  # AcrPush
        "b93aa761-3e63-49ed-ac28-beffa264f7ac",  # Container Registry Repository Reader
        "2a1e307c-b015-4ebd-883e-5b7698a07328",  # Container Registry Repository Writer
        "2efddaa5-3f1f-4df3-97df-af3f13818f4c",  # Container Registry Repository Contributor
    },
)
_SECRETS: Final = _Need(
    "Key Vault Secrets User",
    "read its secrets",
    frozenset(
        {
            "4633458b-17de-408a-874b-0445c86b69e6",  # Key Vault Secrets User
            "b86a8fe4-44ce-4948-aee5-eccb2c155cd7",  # Key Vault Secrets Officer
            "00482a5a-887f-4fb3-b363-3b7fe8e74483",  # Key Vault Administrator
        }
    ),
)
_BLOBS: Final = _Need(
    "Storage Blob Data Owner",
    f"use {STORAGE}",
    frozenset(
        {
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",  # Storage Blob Data Owner
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe",  # Storage Blob Data Contributor
        }
    ),
)


async def missing_roles(manager: Manager, app: App, main: Container) -> tuple[MissingRole, ...]:
    """Return the roles that the identities of an app lack.

    Raises:
        AzureFailedError: Who has which role cannot be read, or not where it is needed.
    """
    unseen: list[str] = []
    with azure_errors("reading role assignments"):
        missing = tuple([one async for one in _missing(manager, app, main, unseen)])
    if unseen and not missing:
        raise AzureFailedError(
            f"{' and '.join(unseen)} cannot be seen in the app's subscription",
            hint="who has which role there has to be asked where it is",
        )
    return missing


async def _missing(
    manager: Manager, app: App, main: Container, unseen: list[str]
) -> AsyncIterator[MissingRole]:
    """Yield roles that are missing, and note down where they cannot be looked for."""
    server = main.image.partition("/")[0].lower()
    for known in app.registries:
        principal = _principal(app, known.identity)
        if known.server.lower() != server or not principal:
            continue
        scope = await _scope(manager, app, _REGISTRIES, "loginServer", server)
        if not scope:
            unseen.append(server)
        elif not await _has(manager, scope, principal, _PULL):
            yield MissingRole(_PULL.role, scope, principal, _PULL.purpose)
    async for one in _missing_on_vaults(manager, app, unseen):
        yield one
    account = main.variable(f"{STORAGE}__accountName")
    who = _users_of_storage(app, main)
    if account is not None and account.value and who:
        scope = await _scope(manager, app, _ACCOUNTS, "", account.value)
        if not scope:
            unseen.append(account.value)
        elif not any([await _has(manager, scope, one, _BLOBS) for one in who]):
            yield MissingRole(_BLOBS.role, scope, who[0], _BLOBS.purpose)


async def _missing_on_vaults(
    manager: Manager, app: App, unseen: list[str]
) -> AsyncIterator[MissingRole]:
    """Yield roles that are missing on vaults which secrets of the app are in.

    A vault that lets in by policies of its own knows no roles.
    """
    readers = {
        (urlsplit(one.vault_url).netloc.partition(".")[0].lower(), _principal(app, one.identity))
        for one in app.secrets
        if one.vault_url
    }
    if not readers:
        return
    kind, version = _VAULTS
    found = await manager.list(f"{_subscription_of(app)}/providers/{kind}", version)
    vaults = {str(one.get("name", "")).lower(): one for one in found}
    for name, principal in sorted(readers):
        vault = vaults.get(name)
        if vault is None or not principal:
            unseen.append(f"the vault {name}")
        elif (vault.get("properties") or {}).get("enableRbacAuthorization"):
            scope = str(vault["id"])
            if not await _has(manager, scope, principal, _SECRETS):
                yield MissingRole(_SECRETS.role, scope, principal, _SECRETS.purpose)


def _users_of_storage(app: App, main: Container) -> list[str]:
    """Return the object ids of who may be meant to use the storage: of several it is not told."""
    assigned = [one for _, one in app.identity.assigned if one]
    system = app.identity.principal
    is_named = any(main.variable(f"{STORAGE}__{end}") is not None for end in _NAMING)
    return [system] if system and not is_named else assigned


def _principal(app: App, identity: str) -> str:
    """Return the object id of an identity as an app names it; empty for none."""
    if identity.lower() == "system":
        return app.identity.principal
    return next((who for own, who in app.identity.assigned if own.lower() == identity.lower()), "")


async def _scope(manager: Manager, app: App, kind: tuple[str, str], field: str, value: str) -> str:
    """Return the id of a resource of the app's subscription, by a property or its name."""
    name, version = kind
    path = f"{_subscription_of(app)}/providers/{name}"
    for one in await manager.list(path, version):
        told = (one.get("properties") or {}).get(field) if field else one.get("name")
        if str(told or "").lower() == value.lower():
            return str(one["id"])
    return ""


def _subscription_of(app: App) -> str:
    return "/".join(app.id.split("/")[:3])


async def _has(manager: Manager, scope: str, principal: str, need: _Need) -> bool:
    condition = quote(f"assignedTo('{principal}')")
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments?$filter={condition}"
    for one in await manager.list(path, _ASSIGNMENTS):
        properties = one.get("properties") or {}
        role = str(properties.get("roleDefinitionId", "")).rpartition("/")[2].lower()
        above = str(properties.get("scope", "")).lower().rstrip("/")
        is_above = above.startswith(_GROUPS) or f"{scope.lower()}/".startswith(f"{above}/")
        if role in need.ids and is_above:
            return True
    return False
