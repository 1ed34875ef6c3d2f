"""Clients of the blobs of storage accounts, each made once by the key that Resource Manager tells.

Whoever may deploy an account may read its key, so no role of data has to count first. Keys are in
memory only, and asked for anew where an account does not let one in any more.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from funcyard.azure.storage import StorageAccount

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.storage.blob.aio import BlobServiceClient


class BlobAccounts:
    """Clients by the ids of accounts; whoever has one closes it at the end."""

    def __init__(self) -> None:
        self._known: dict[str, BlobServiceClient] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._made: list[BlobServiceClient] = []

    def is_known(self, identity: str) -> bool:
        """Whether an account was asked for its key before."""
        return identity.lower() in self._known

    async def of(self, identity: str, ask: Callable[[], Awaitable[str]]) -> BlobServiceClient:
        """Return the client of an account.

        Args:
            identity: The account's id.
            ask: Returns its connection string.

        Raises:
            StorageAccountError: That is none.
        """
        async with self._locks.setdefault(identity.lower(), asyncio.Lock()):
            if identity.lower() not in self._known:
                client = StorageAccount.from_connection_string(await ask()).blobs()
                self._made.append(client)
                self._known[identity.lower()] = client
            return self._known[identity.lower()]

    def forget(self, identity: str, client: BlobServiceClient) -> None:
        """Ask for the key anew the next time, unless that was done; others may use the client."""
        if self._known.get(identity.lower()) is client:
            del self._known[identity.lower()]

    async def close(self) -> None:
        """Close every client."""
        self._known.clear()
        while self._made:
            await self._made.pop().close()
