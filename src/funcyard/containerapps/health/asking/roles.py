"""Which roles the identities of an app need, and which of them they have not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from azure.core.exceptions import AzureError

from funcyard.azure.errors import AzureFailedError, azure_errors
from funcyard.containerapps.health.asking.permissions import Action, allows, is_about
from funcyard.containerapps.health.checks.settings import STORAGE
from funcyard.containerapps.health.facts import MissingRole

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from funcyard.azure.manager import Document, Manager
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
    """A role that is needed, and what else is as good.

    https://learn.microsoft.com/azure/role-based-access-control/built-in-roles

    Attributes:
        role: Its name.
        purpose: What for, in words that go on from *to*.
        ids: Of the roles of Azure's own that are enough.
        actions: What another role, or several together, have to allow.
    """

    role: str
    purpose: str
    ids: frozenset[str]
    actions: tuple[Action, ...]


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
    (Action("Microsoft.ContainerRegistry/registries/pull/read"),),
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
    (Action("Microsoft.KeyVault/vaults/secrets/getSecret/action", is_data=True),),
)
_BLOB: Final = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_BLOBS: Final = _Need(
    "Storage Blob Data Owner",
    f"use {STORAGE}",
    frozenset(
        {
            "b7e6dc6d-f1e8-4753-8033-0f276bb0955b",  # Storage Blob Data Owner
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe",  # Storage Blob Data Contributor
        }
    ),
    (Action(f"{_BLOB}/read", is_data=True), Action(f"{_BLOB}/write", is_data=True)),
)


async def missing_roles(manager: Manager, app: App, main: Container) -> tuple[MissingRole, ...]:
    """Return the roles that the identities of an app lack.

    Raises:
        AzureFailedError: Who has which role cannot be read, or not where it is needed, or what a
            role of theirs allows is not known.
    """
    unseen: list[str] = []
    roles = _Roles(manager)
    with azure_errors("reading role assignments"):
        missing = tuple([one async for one in _missing(roles, app, main, unseen)])
    if missing:
        return missing
    if unseen:
        raise AzureFailedError(
            f"{' and '.join(unseen)} cannot be seen in the app's subscription",
            hint="who has which role there has to be asked where it is",
        )
    if roles.unread:
        raise AzureFailedError(
            f"what the role {' and '.join(sorted(roles.unread))} allows is not known: its"
            " definition cannot be read, or its assignment is under a condition",
            hint="az role definition list --name ROLE; az role assignment list --role ROLE --all",
        )
    return missing


class _Roles:
    """Who has which role, and what that allows.

    Args:
        manager: Who is asked.

    Attributes:
        unread: The roles of which it counts, and is not known, what they allow.
    """

    def __init__(self, manager: Manager) -> None:
        self.manager = manager
        self.unread: set[str] = set()
        self._definitions: dict[str, Document | None] = {}

    async def lack(self, scope: str, principals: Iterable[str], need: _Need) -> bool:
        """Whether surely none of some identities may do what is needed; note what is not known."""
        unread: set[str] = set()
        for one in principals:
            unknown = await self._unknown(scope, one, need)
            if unknown is not None and not unknown:
                return False
            unread |= unknown or set()
        self.unread |= unread
        return not unread

    async def _unknown(self, scope: str, principal: str, need: _Need) -> set[str] | None:
        """Return on which roles it hangs whether an identity may; none where it surely may.

        None stands for an identity that surely may not.
        """
        lacking, unknown = set(need.actions), set()
        for one in await self._assigned(scope, principal):
            identity = str(one.get("roleDefinitionId", ""))
            role = identity.rpartition("/")[2].lower()
            allowed = set(lacking)
            if role not in need.ids:
                definition = await self._definition(identity)
                if definition is None:
                    unknown.add(role)
                    continue
                allowed = {action for action in lacking if allows(definition, action)}
            condition = str(one.get("condition") or "")
            limited = {action for action in allowed if condition and is_about(condition, action)}
            if limited:
                unknown.add(role)
            lacking -= allowed - limited
        if not lacking:
            return set()
        return unknown or None

    async def _assigned(self, scope: str, principal: str) -> list[Document]:
        """Return the assignments that count for an identity at a scope."""
        condition = quote(f"assignedTo('{principal}')")
        path = f"{scope}/providers/Microsoft.Authorization/roleAssignments?$filter={condition}"
        listed = await self.manager.list(path, _ASSIGNMENTS)
        found = [one.get("properties") or {} for one in listed]
        return [one for one in found if _is_above(str(one.get("scope", "")), scope)]

    async def _definition(self, identity: str) -> Document | None:
        """Return a role's definition, None where it cannot be read."""
        if identity not in self._definitions:
            try:
                found = await self.manager.get(identity, _ASSIGNMENTS)
            except (AzureError, AzureFailedError):
                found = None
            self._definitions[identity] = found
        return self._definitions[identity]


async def _missing(
    roles: _Roles, app: App, main: Container, unseen: list[str]
) -> AsyncIterator[MissingRole]:
    """Yield roles that are missing, and note down where they cannot be looked for."""
    manager = roles.manager
    server = main.image.partition("/")[0].lower()
    for known in app.registries:
        principal = _principal(app, known.identity)
        if known.server.lower() != server or not principal:
            continue
        scope = await _scope(manager, app, _REGISTRIES, "loginServer", server)
        if not scope:
            unseen.append(server)
        elif await roles.lack(scope, (principal,), _PULL):
            yield MissingRole(_PULL.role, scope, principal, _PULL.purpose)
    async for one in _missing_on_vaults(roles, app, unseen):
        yield one
    account = main.variable(f"{STORAGE}__accountName")
    who = _users_of_storage(app, main)
    if account is not None and account.value and who:
        scope = await _scope(manager, app, _ACCOUNTS, "", account.value)
        if not scope:
            unseen.append(account.value)
        elif await roles.lack(scope, who, _BLOBS):
            yield MissingRole(_BLOBS.role, scope, who[0], _BLOBS.purpose)


async def _missing_on_vaults(
    roles: _Roles, app: App, unseen: list[str]
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
    found = await roles.manager.list(f"{_subscription_of(app)}/providers/{kind}", version)
    vaults = {str(one.get("name", "")).lower(): one for one in found}
    for name, principal in sorted(readers):
        vault = vaults.get(name)
        if vault is None or not principal:
            unseen.append(f"the vault {name}")
        elif (vault.get("properties") or {}).get("enableRbacAuthorization"):
            scope = str(vault["id"])
            if await roles.lack(scope, (principal,), _SECRETS):
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


def _is_above(assigned: str, scope: str) -> bool:
    """Whether what is assigned at one scope counts at another."""
    above = assigned.lower().rstrip("/")
    return above.startswith(_GROUPS) or f"{scope.lower()}/".startswith(f"{above}/")
