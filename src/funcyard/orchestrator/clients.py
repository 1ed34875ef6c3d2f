"""The clients that an activity works with, opened for it and closed behind it."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.azure.credentials import credential
from funcyard.azure.graph import Graph
from funcyard.azure.manager import Manager
from funcyard.azure.secrets.vault import VaultSecrets
from funcyard.azure.sign_in import SharedSignIn
from funcyard.azure.storage import StorageAccount

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from azure.core.credentials_async import AsyncTokenCredential
    from azure.storage.blob.aio import BlobServiceClient

    from funcyard.orchestrator.settings import Settings


@dataclass(frozen=True, slots=True)
class Clients:
    """Azure, as one activity reaches it.

    Attributes:
        settings: What the orchestrator is told.
        manager: The Resource Manager.
        graph: Microsoft Graph.
        secrets: The vault.
        token: Who asks.
        clock: Returns the time of day in seconds.
    """

    settings: Settings
    manager: Manager
    graph: Graph
    secrets: VaultSecrets
    token: AsyncTokenCredential
    clock: Callable[[], float]

    def reports(self) -> BlobServiceClient:
        """Return a new client of the account that reports are written to."""
        if self.settings.report_storage:
            return StorageAccount.from_connection_string(self.settings.report_storage).blobs()
        return StorageAccount.from_credential(self.settings.report_account, self.token).blobs()


@asynccontextmanager
async def opened(
    settings: Settings, *, clock: Callable[[], float] = time.time
) -> AsyncIterator[Clients]:
    """Open clients, and close them when the block is left.

    Args:
        settings: What the orchestrator is told.
        clock: Returns the time of day in seconds.

    Raises:
        FuncyardError: Nobody can sign in so, or there is no such vault.
    """
    async with AsyncExitStack() as stack:
        signed_in = SharedSignIn(credential(settings.identity, settings.cloud))
        token = await stack.enter_async_context(signed_in)
        manager = await stack.enter_async_context(Manager(token, settings.cloud))
        graph = await stack.enter_async_context(Graph(token, settings.cloud))
        vault = VaultSecrets(settings.vault, token, settings.cloud)
        secrets = await stack.enter_async_context(vault)
        yield Clients(settings, manager, graph, secrets, token, clock)
