"""Queues and containers of storage accounts of the local Azure, reached with the accounts' keys."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from azure.core.credentials import AzureNamedKeyCredential

from funcyard.emulator.storage import keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from azure.storage.blob.aio import ContainerClient
    from azure.storage.queue.aio import QueueClient

    from funcyard.emulator.core.core import Core


@asynccontextmanager
async def queue_of(core: Core, account: str, name: str) -> AsyncIterator[QueueClient]:
    """Yield a client of a queue.

    Args:
        core: Where the account is.
        account: Its id.
        name: The queue's.

    Raises:
        LookupError: The account is not there.
    """
    from azure.storage.queue.aio import QueueServiceClient  # noqa: PLC0415 - keeps the start fast

    url, credential = _reached(core, account, "queue")
    async with QueueServiceClient(
        url, credential=credential, transport=_transport(), retry_total=0
    ) as service:
        yield service.get_queue_client(name)


@asynccontextmanager
async def container_of(core: Core, account: str, name: str) -> AsyncIterator[ContainerClient]:
    """Yield a client of a container.

    Raises:
        LookupError: The account is not there.
    """
    from azure.storage.blob.aio import BlobServiceClient  # noqa: PLC0415 - keeps the start fast

    url, credential = _reached(core, account, "blob")
    async with BlobServiceClient(
        url, credential=credential, transport=_transport(), retry_total=0
    ) as service:
        yield service.get_container_client(name)


def _reached(core: Core, account: str, service: str) -> tuple[str, AzureNamedKeyCredential]:
    kept = core.store.find(account)
    if kept is None:
        raise LookupError(account)
    credential = AzureNamedKeyCredential(kept.name, keys.of(kept)[0])
    return core.storage.endpoints(kept.name)[service], credential


def _transport() -> Any:  # noqa: ANN401 - azure-core loads it lazily
    from azure.core.pipeline.transport import AioHttpTransport  # noqa: PLC0415 - keeps the start fast

    return AioHttpTransport(use_env_settings=False)
