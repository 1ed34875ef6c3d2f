"""What engines share: executions, messages, schedules and who lives, in one storage account."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from funcyard.workflows.engines import Engines
from funcyard.workflows.executions.listing import Listing
from funcyard.workflows.executions.payloads import Payloads
from funcyard.workflows.executions.store import Store
from funcyard.workflows.executions.table import ExecutionTable
from funcyard.workflows.messages import Messages
from funcyard.workflows.schedules import Schedules

if TYPE_CHECKING:
    from funcyard.azure.storage import StorageAccount
    from funcyard.workflows.schedules import Clock


class Storage:
    """One engine's hold on it, between :meth:`open` and :meth:`close`.

    Args:
        account: Where its tables, queue and blobs are.
        lease_seconds: An engine that shows nothing for so long is dead.
        clock: Tells schedules the time.

    Attributes:
        payloads: Blobs: what is too large for a row, logs, registries.
        table: Rows of executions.
        store: What is kept of each execution.
        listing: Finds executions.
        messages: The queue of those that wait.
        engines: Which engines live, this one among them.
        schedules: When what is due.
    """

    def __init__(self, account: StorageAccount, lease_seconds: float, clock: Clock) -> None:
        tables, blobs, queues = account.tables(), account.blobs(), account.queues()
        self._clients = (tables, blobs, queues)
        self._stack = AsyncExitStack()
        self.payloads = Payloads(blobs)
        self.table = ExecutionTable(tables)
        self.store = Store(self.table, self.payloads)
        self.listing = Listing(self.table)
        self.messages = Messages(queues)
        self.engines = Engines(tables, lease_seconds)
        self.schedules = Schedules(tables, clock)

    async def open(self) -> None:
        """Connect and make what is missing; where that fails, nothing stays open.

        Raises:
            AzureFailedError: The storage refuses or cannot be reached.
        """
        for client in self._clients:
            await self._stack.enter_async_context(client)
        parts = (self.payloads, self.table, self.messages, self.schedules, self.engines)
        try:
            for part in parts:
                await part.provision()
        except BaseException:
            await self._stack.aclose()
            raise

    async def close(self) -> None:
        """Disconnect; safe to call twice."""
        await self._stack.aclose()
