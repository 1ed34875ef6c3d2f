"""What the project declares is made in the emulator before any app starts."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from azure.core.exceptions import ResourceExistsError

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from funcyard.host.plan import StoragePlan
    from funcyard.host.storage import StorageAccounts

_CONNECTION = "AzureWebJobsStorage"


async def provision(plan: StoragePlan, storage: StorageAccounts) -> None:
    """Create containers, queues and tables that do not exist yet, at the same time."""
    blobs, queues = storage.blobs(_CONNECTION), storage.queues(_CONNECTION)
    tables = storage.tables(_CONNECTION)
    await asyncio.gather(
        *(_unless_there(blobs.create_container(name)) for name in plan.containers),
        *(_unless_there(queues.create_queue(name)) for name in plan.queues),
        *(_unless_there(tables.create_table(name)) for name in plan.tables),
    )


async def _unless_there(creation: Awaitable[object]) -> None:
    try:
        await creation
    except ResourceExistsError:
        return
