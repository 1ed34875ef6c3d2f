"""Secrets in Key Vault.

Vaults keep deleted secrets for a while and their names with them, so a secret that is set after it
was deleted is recovered first. Deleting does not purge: many who may delete may not purge, and some
vaults forbid it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Self

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
)
from azure.keyvault.secrets.aio import SecretClient

from funcyard.azure.errors import azure_errors
from funcyard.azure.retries import table_retries
from funcyard.azure.secrets.store import SecretNotFoundError, SecretRef, check_store, check_value

if TYPE_CHECKING:
    from types import TracebackType

    from azure.core.credentials_async import AsyncTokenCredential

    from funcyard.azure.cloud import Cloud

STORE: Final = "vault"
_PROBE: Final = "funcyard-health"
_PATIENCE_SECONDS: Final = 60
_TRIES: Final = 5
_PAUSE_SECONDS: Final = 1.0
_UNDER_WAY: Final = frozenset({"ObjectIsBeingDeleted", "ObjectIsBeingRecovered"})


class VaultSecrets:
    """Keeps secrets in a vault.

    Args:
        vault: Its name, or its address.
        credential: Gives out tokens. The caller closes it.
        cloud: Where the vault is.

    Raises:
        CloudError: That is neither name nor address of a vault.
    """

    def __init__(self, vault: str, credential: AsyncTokenCredential, cloud: Cloud) -> None:
        self._url = cloud.vault_url(vault)
        self._client = SecretClient(
            self._url,
            credential,
            verify_challenge_resource=cloud.is_public,
            transport=cloud.transport(self._url),
            **table_retries(),
        )

    async def __aenter__(self) -> Self:
        """Open it."""
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of it."""
        await self._client.close()

    async def get(self, ref: SecretRef) -> str:
        """Return a secret's value."""
        check_store(ref, STORE)
        with azure_errors(f"reading the secret {ref.name}"):
            try:
                found = await self._client.get_secret(ref.name)
            except ResourceNotFoundError:
                raise _absent(ref) from None
            except HttpResponseError as fault:
                if _inner_code(fault) == "SecretDisabled":
                    raise _absent(ref) from None
                raise
        if found.value is None:
            raise _absent(ref)
        return found.value

    async def set(self, name: str, value: str) -> SecretRef:
        """Keep a value under a name; one that was deleted is recovered first."""
        ref = SecretRef(STORE, name)
        check_value(value)
        with azure_errors(f"setting the secret {name}"):
            for _ in range(_TRIES):
                try:
                    await self._client.set_secret(name, value)
                except ResourceExistsError as fault:
                    if not await self._made_free(name, _inner_code(fault)):
                        raise
                else:
                    return ref
            await self._client.set_secret(name, value)
        return ref

    async def delete(self, ref: SecretRef) -> None:
        """Delete a secret; the vault keeps it for as long as it keeps deleted ones."""
        check_store(ref, STORE)
        with azure_errors(f"deleting the secret {ref.name}"):
            try:
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._client.delete_secret(ref.name)
            except ResourceNotFoundError:
                return

    async def check(self) -> str:
        """Return the vault's address, having seen that secrets may be read there."""
        with azure_errors(f"asking the vault {self._url}"):
            try:
                await self._client.get_secret(_PROBE)
            except ResourceNotFoundError:
                pass
            except HttpResponseError as fault:
                if _inner_code(fault) != "SecretDisabled":
                    raise
        return f"Key Vault {self._url}"

    async def _made_free(self, name: str, code: str) -> bool:
        """Make a name free that a vault holds for a deleted secret; say whether to try again."""
        if code in _UNDER_WAY:
            await asyncio.sleep(_PAUSE_SECONDS)
            return True
        if code != "ObjectIsDeletedButRecoverable":
            return False
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._client.recover_deleted_secret(name)
        except (ResourceNotFoundError, ResourceExistsError):
            await asyncio.sleep(_PAUSE_SECONDS)  # somebody else recovers it
        return True


def _absent(ref: SecretRef) -> SecretNotFoundError:
    return SecretNotFoundError(f"the vault keeps no secret {ref.name}", hint="set it again")


def _inner_code(fault: AzureError) -> str:
    """Return Key Vault's exact code of a refusal; empty where it gave none."""
    error = fault.error if isinstance(fault, HttpResponseError) else None
    inner = error.innererror if error is not None else None
    return str((inner or {}).get("code", ""))
