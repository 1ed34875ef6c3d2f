"""The storage of ``AzureWebJobsStorage``: whether it answers, and lets the app's key in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

from funcyard.azure.errors import (
    AzureAuthenticationError,
    AzureFailedError,
    AzureRefusedError,
    azure_errors,
)
from funcyard.azure.storage import StorageAccount, StorageAccountError
from funcyard.containerapps.health.checks.settings import STORAGE
from funcyard.containerapps.health.facts import StorageSeen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.containerapps.template import Container

_NOT_LET_IN: Final = (401, 403)
_FIREWALL: Final = "not authorized to perform this operation"
"""What is told of a key that counts, from a network that does not; of a wrong key it is not.
https://learn.microsoft.com/azure/storage/common/storage-network-security
"""
DEVELOPMENT: Final = "usedevelopmentstorage=true"


def connection_of(main: Container, secrets: Mapping[str, str]) -> str | None:
    """Return the connection that a container has; None where it has none, or it is not shown."""
    given = next((one for one in main.variables if one.name.lower() == STORAGE.lower()), None)
    if given is None:
        return None
    return secrets.get(given.secret) if given.secret else given.value


async def ask_storage(
    main: Container, secrets: Mapping[str, str], patience: float, now: datetime
) -> StorageSeen | None:
    """Return what the storage of a container answers; None where it has none.

    Args:
        main: The container.
        secrets: Values of the app's secrets, as far as they may be read.
        patience: Seconds for the answer.
        now: The time of day.
    """
    given = next((one for one in main.variables if one.name.lower() == STORAGE.lower()), None)
    if given is None or (not given.secret and not given.value):
        return None
    text = connection_of(main, secrets)
    if text is None:
        why = f"it is in the secret {given.secret}, which may not be read"
        hint = "have Microsoft.App/containerApps/listSecrets allowed"
        return StorageSeen("", why, hint, is_known=False)
    if text.replace(" ", "").rstrip(";").lower() == DEVELOPMENT:
        why = "it is the storage emulator of a developer's machine, which no replica reaches"
        return StorageSeen("UseDevelopmentStorage=true", why, f"set {STORAGE} to an account")
    try:
        account = StorageAccount.from_connection_string(text)
    except StorageAccountError as fault:
        return StorageSeen(STORAGE, fault.message, fault.hint or "")
    where = urlsplit(account.endpoints.get("blob", "")).netloc or account.name
    expired = _expired(account.sas, now)
    if expired is not None:
        why = f"its shared access signature expired at {expired:%Y-%m-%d %H:%M} UTC"
        return StorageSeen(where, why, f"renew it, and set {STORAGE} again")
    return await _asked(account, where, patience)


async def _asked(account: StorageAccount, where: str, patience: float) -> StorageSeen:
    try:
        async with asyncio.timeout(patience), account.blobs() as blobs:
            with azure_errors("listing containers"):
                async for _ in blobs.list_containers(results_per_page=1):
                    break
    except AzureRefusedError as fault:
        if account.key is not None and _FIREWALL in fault.message:
            why = f"the firewall of {where} lets nobody in from here"
            return StorageSeen(where, why, "ask from a network that it lets in", is_known=False)
        if isinstance(fault, AzureAuthenticationError) or fault.status in _NOT_LET_IN:
            return _not_let_in(account, where, fault)
        return StorageSeen(where, fault.message, "is the account still there?")
    except (AzureFailedError, TimeoutError) as fault:
        told = fault.message if isinstance(fault, AzureFailedError) else "no answer came"
        why = f"it cannot be reached from here: {told}"
        return StorageSeen(where, why, "is the account there, and its firewall open to the app?")
    return StorageSeen(where)


def _not_let_in(account: StorageAccount, where: str, fault: AzureRefusedError) -> StorageSeen:
    right = "key" if account.key is not None else "signature"
    told = fault.service_code or fault.status
    hint = f"set {STORAGE} to a connection with a key that counts; does a firewall refuse?"
    return StorageSeen(where, f"it refuses the {right} that the app has ({told})", hint)


def _expired(sas: str | None, now: datetime) -> datetime | None:
    """Return when a signature expired, None where it has not, or does not say."""
    until = parse_qs(sas or "").get("se", [""])[0]
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment if moment < now else None
