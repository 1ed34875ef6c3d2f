"""The app's settings: every variable that it reads, with its meaning, in one place.

================================= =================================================================
``AzureWebJobsStorage``           The storage account: a connection string; or, for a managed
                                  identity, ``AzureWebJobsStorage__accountName``
``FUNCYARD_AUTH``                 How callers are told, see :mod:`funcyard.access.configuring`
``FUNCYARD_WORKSPACE_PATH``       Where the share is mounted; ``/workspace`` where it is not set
``FUNCYARD_WORKSPACE_SHARE``      Name of a share that is used over REST instead of a mount
``FUNCYARD_WORKSPACE_WATCH``      ``true``: what somebody saves in the mounted folder is a version
``FUNCYARD_LOCAL_PATH``           A folder on this machine's own disk, for snapshots and caches
``FUNCYARD_WORKER_USER``          Whom workflows run as, by name or number, where the app is root
``FUNCYARD_WORKERS``              How many worker processes run workflows at a time
``FUNCYARD_ORGANIZATION_WORKERS`` How many of them for one organisation
``FUNCYARD_WORKER_MEMORY_MB``     How much memory each of them may take
``FUNCYARD_TEMPORARY_PATH``       Temporary storage that health checks look at
``FUNCYARD_VAULT_URL``            The vault for tokens and webhook secrets, or
``FUNCYARD_SECRETS_PATH``         the folder of an encrypted store where there is no vault
``FUNCYARD_SECRETS_KEY``          and its key, base64, where it is not to lie in that folder
``FUNCYARD_PUBLIC_URL``           Where GitHub reaches this app; hooks are registered only with it
``FUNCYARD_GITHUB_API``           GitHub's API, where it is not the public one
``FUNCYARD_GITHUB_HOST``          GitHub's host, where it is not the public one
``FUNCYARD_PUBLIC_ENDPOINTS``     ``true`` lets workflows declare endpoints that ask for no key
``FUNCYARD_KEEP_EXECUTIONS_DAYS`` How long executions are kept that are over
``FUNCYARD_KEEP_SYNCS_DAYS``      How long syncs are kept that are over
``FUNCYARD_KEEP_CONTENT_HOURS``   How long content stays that no kept version needs
================================= =================================================================
"""

from __future__ import annotations

import os
import pwd
import re
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from funcyard.access.configuring import authentication_of
from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.azure.secrets.local import LocalSecrets
from funcyard.azure.storage import StorageAccount
from funcyard.errors import UsageError
from funcyard.workspace.github.client import PUBLIC_API, PUBLIC_HOST
from funcyard.workspace.http_address import public_url
from funcyard.workspace.outbound import Outbound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from azure.core.credentials_async import AsyncTokenCredential

STORAGE: Final = "AzureWebJobsStorage"
WORKER_USER: Final = "FUNCYARD_WORKER_USER"
_NUMBER: Final = re.compile("[0-9]{1,9}")
_KEPT_DAYS: Final = 90
_LONGEST_KEPT: Final = 36_500


class SettingsError(UsageError):
    """A setting that the app cannot do without is missing or cannot be meant."""

    code = "app-settings"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the settings say, read once."""

    workspace: Path
    share: str
    watch: bool
    local: Path
    worker_user: int | None
    workers: int
    organization_workers: int
    worker_memory: int
    temporary: Path
    vault: str
    secrets: Path
    secrets_key: str | None
    public_url: str
    github_api: str
    github_host: str
    public_endpoints: bool
    keep_executions: timedelta
    keep_syncs: timedelta
    keep_content: timedelta

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Settings:
        """Read them.

        Raises:
            SettingsError: Whom workflows are to run as is nobody, or nobody that they can run as;
                or how long something is kept, or what workers may take, is no number.
            PublicUrlError: What they say GitHub reaches the app at is no address.
        """
        local = Path(values.get("FUNCYARD_LOCAL_PATH") or Path(tempfile.gettempdir(), "funcyard"))
        return cls(
            workspace=Path(values.get("FUNCYARD_WORKSPACE_PATH") or "/workspace"),
            share=values.get("FUNCYARD_WORKSPACE_SHARE", ""),
            watch=values.get("FUNCYARD_WORKSPACE_WATCH", "").lower() == "true",
            local=local,
            worker_user=_user(values.get(WORKER_USER, "")),
            workers=_whole(values, "FUNCYARD_WORKERS", 8, most=1000),
            organization_workers=_whole(values, "FUNCYARD_ORGANIZATION_WORKERS", 4, most=1000),
            worker_memory=_whole(
                values, "FUNCYARD_WORKER_MEMORY_MB", 1024, least=256, most=1_000_000
            )
            << 20,
            temporary=Path(values.get("FUNCYARD_TEMPORARY_PATH") or local),
            vault=values.get("FUNCYARD_VAULT_URL", ""),
            secrets=Path(values.get("FUNCYARD_SECRETS_PATH") or local / "secrets"),
            secrets_key=values.get("FUNCYARD_SECRETS_KEY") or None,
            public_url=public_url(values.get("FUNCYARD_PUBLIC_URL", "")),
            github_api=values.get("FUNCYARD_GITHUB_API") or PUBLIC_API,
            github_host=values.get("FUNCYARD_GITHUB_HOST") or PUBLIC_HOST,
            public_endpoints=values.get("FUNCYARD_PUBLIC_ENDPOINTS", "").lower() == "true",
            keep_executions=_days(values, "FUNCYARD_KEEP_EXECUTIONS_DAYS"),
            keep_syncs=_days(values, "FUNCYARD_KEEP_SYNCS_DAYS"),
            keep_content=timedelta(hours=_whole(values, "FUNCYARD_KEEP_CONTENT_HOURS", 1)),
        )


def check_settings(values: Mapping[str, str]) -> None:
    """Check all that the app reads when it is built, but for its storage.

    Raises:
        UsageError: A setting cannot be meant: then the app would answer nobody.
    """
    settings = Settings.of(values)
    authentication_of(values)
    Outbound.of(values)
    cloud_of(values)
    if settings.vault:
        identity_of(values)
    else:
        LocalSecrets(settings.secrets, key=settings.secrets_key)


def storage_of(
    values: Mapping[str, str], credential: AsyncTokenCredential | None
) -> StorageAccount:
    """Return the storage account that the settings name.

    Raises:
        SettingsError: They name none.
        StorageAccountError: What they name cannot be one.
    """
    if text := values.get(STORAGE):
        return StorageAccount.from_connection_string(text)
    name = values.get(f"{STORAGE}__accountName")
    if not name or credential is None:
        raise SettingsError(f"{STORAGE} is not set", hint="the account's connection string")
    return StorageAccount.from_credential(name, credential)


def _days(values: Mapping[str, str], name: str) -> timedelta:
    return timedelta(days=_whole(values, name, _KEPT_DAYS))


def _whole(
    values: Mapping[str, str], name: str, usual: int, *, least: int = 1, most: int = _LONGEST_KEPT
) -> int:
    """Return a setting that is a whole number.

    Raises:
        SettingsError: It is none, or not from ``least`` to ``most``.
    """
    text = values.get(name, "")
    if not text:
        return usual
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise SettingsError(
            f"{name} is {text[:40]!r}", hint=f"a whole number from {least} to {most}"
        )
    return int(text)


def _user(named: str) -> int | None:
    """Return the number of the user that workflows run as, None for the app's own.

    Raises:
        SettingsError: There is none of that name, it is root, or only root could start them so.
    """
    if not named:
        return None
    if _NUMBER.fullmatch(named):
        user = int(named)
    else:
        try:
            user = pwd.getpwnam(named).pw_uid
        except KeyError:
            raise SettingsError(
                f"{WORKER_USER}: there is no user {named[:40]!r}", hint="a name or a number"
            ) from None
    if user == 0:
        raise SettingsError(f"{WORKER_USER}: root reads whatever the app knows", hint="another")
    if user == os.geteuid():
        return None
    if os.geteuid() != 0:
        raise SettingsError(
            f"{WORKER_USER} is {named}, and only root can run code as somebody else",
            hint="run the app as root, or leave the setting out",
        )
    return user
