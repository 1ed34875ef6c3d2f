"""The blob trigger: each new version of each blob that a path means becomes a run of one function.

A scan lists the container, queues what has no receipt, and the queue runs it. The scan takes a
tenth of the time while blobs come and a twentieth when none do, and never more than it must.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from azure.core import MatchConditions
from azure.core.exceptions import AzureError, ResourceModifiedError, ResourceNotFoundError

from funcyard.host.bindings.blob import blob_value
from funcyard.host.invocation import NoWorkerError, WorkerLost
from funcyard.host.listeners.blob_path import BlobPath
from funcyard.host.listeners.blob_queue import BlobQueue, Registration
from funcyard.host.listeners.pacing import Nap
from funcyard.host.listeners.pump import Verdict
from funcyard.host.listeners.receipts import BlobVersion, Receipts
from funcyard.host.listeners.trouble import Trouble

if TYPE_CHECKING:
    from azure.storage.blob import BlobProperties

    from funcyard.functions.model import Function
    from funcyard.host.invocation import Value
    from funcyard.host.listeners.listener import ListenerContext

_SHORTEST_PAUSE = 0.15
_BUSY_SHARE, _IDLE_SHARE = 9, 19
"""The pause after a scan, in times of what the scan took."""

_BUSY_SECONDS = 30.0


class BlobListener:
    """Runs a function for each version of its blobs.

    Args:
        function: A function with a ``blobTrigger``.
        context: What it may use of its app.

    Raises:
        BlobPathError: The path cannot be watched.
        ConnectionMissingError: The connection's setting, or AzureWebJobsStorage, is missing.
        SettingMissingError: The path or the connection's name refers to a missing setting.
    """

    def __init__(self, function: Function, context: ListenerContext) -> None:
        trigger = function.trigger
        connection = str(trigger.get("connection") or "")
        self._function = function
        self._context = context
        self._path = BlobPath.parse(str(trigger.get("path") or ""), context.settings)
        self._service = context.storage.blobs(connection)
        self._listing = context.storage.listing(connection)
        self._receipts = Receipts(
            context.storage.blobs(), context.storage.listing(), context.host_id, function.name
        )
        self._queue: BlobQueue | None = None
        what = f"container {self._path.container}"
        self._trouble = Trouble(context.events, context.app, function.name, what)
        self._queued: dict[str, str] = {}
        self._nap = Nap()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Begin to scan; a container that does not exist yet is waited for."""
        self._queue = queue = BlobQueue.shared(self._context)
        queue.join(self._function.name, Registration(self._run, self._keep_receipt))
        self._task = asyncio.get_running_loop().create_task(
            self._scan_until_stopped(queue), name=f"blobs {self._path.container}"
        )

    async def stop(self) -> None:
        """Look for nothing new and wait for what runs."""
        self._stopping = True
        self._nap.wake()
        if self._task:
            await self._task
            self._task = None
        queue, self._queue = self._queue, None
        if queue:
            await queue.leave(self._function.name)

    async def _scan_until_stopped(self, queue: BlobQueue) -> None:
        fresh = True
        found_at = time.monotonic()
        while not self._stopping:
            began = time.monotonic()
            try:
                if fresh:
                    await self._receipts.load()
                    self._queued = {}
                    fresh = False
                if await self._scan(queue):
                    found_at = began
            except AzureError as fault:
                # The service may come back without what it had not yet saved.
                fresh = True
                await self._nap.sleep(self._trouble.failed(fault))
                continue
            self._trouble.ended()
            ended = time.monotonic()
            share = _BUSY_SHARE if ended - found_at < _BUSY_SECONDS else _IDLE_SHARE
            await self._nap.sleep(max(_SHORTEST_PAUSE, share * (ended - began)))

    async def _scan(self, queue: BlobQueue) -> int:
        """Queue each version that was not yet; return how many."""
        count = 0
        try:
            async for page in self._listing.pages(self._path.container, self._path.prefix):
                for name, etag in page:
                    if self._stopping:
                        return count
                    if self._queued.get(name) == etag or self._path.match(name) is None:
                        continue
                    version = BlobVersion(self._path.container, name, etag)
                    if version not in self._receipts:
                        await queue.put(self._function.name, version)
                        count += 1
                    self._queued[name] = etag
        except ResourceNotFoundError:
            return 0
        return count

    async def _run(self, version: BlobVersion) -> Verdict:
        if version in self._receipts:
            return Verdict.DONE
        data = self._path.match(version.name)
        if data is None or version.container != self._path.container:
            return Verdict.DONE  # queued for a path that the function no longer has
        client = self._service.get_blob_client(version.container, version.name)
        try:
            download = await client.download_blob(
                etag=f'"{version.etag}"', match_condition=MatchConditions.IfNotModified
            )
            content = await download.readall()
        except (ResourceNotFoundError, ResourceModifiedError):
            return Verdict.DONE  # it is gone, or the scan has queued its newer version
        except AzureError as fault:
            self._trouble.failed(fault)
            return Verdict.NOT_YET
        metadata = _metadata(version, client.url, download.properties, data)
        value = blob_value(self._function.trigger, content)
        verdict = await self._dispatch(value, metadata, _data(version, client.url, data))
        if verdict is Verdict.DONE:
            await self._keep_receipt(version)
        return verdict

    async def _keep_receipt(self, version: BlobVersion) -> None:
        try:
            await self._receipts.write(version)
        except AzureError as fault:
            self._trouble.failed(fault)

    async def _dispatch(
        self, value: Value, metadata: dict[str, Any], data: dict[str, str]
    ) -> Verdict:
        try:
            outcome = await self._context.dispatcher.run(
                self._function, value, metadata=metadata, data=data
            )
        except NoWorkerError:
            return Verdict.NOT_YET
        except WorkerLost:
            return Verdict.LOST
        return Verdict.FAILED if outcome.failed else Verdict.DONE


def _metadata(
    version: BlobVersion, url: str, properties: BlobProperties, data: dict[str, str]
) -> dict[str, Any]:
    """Return the metadata that azure-functions makes an ``InputStream`` of."""
    settings = properties.content_settings
    return {
        **data,
        "BlobTrigger": f"{version.container}/{version.name}",
        "Uri": url.partition("?")[0],
        "Properties": {
            "ETag": f'"{version.etag}"',
            "ContentLength": properties.size,
            "ContentType": settings.content_type,
            "ContentEncoding": settings.content_encoding,
            "ContentLanguage": settings.content_language,
            "ContentDisposition": settings.content_disposition,
            "CacheControl": settings.cache_control,
            "LastModified": properties.last_modified.isoformat(),
            "CreatedOn": properties.creation_time.isoformat(),
        },
        "Metadata": dict(properties.metadata or {}),
    }


def _data(version: BlobVersion, url: str, data: dict[str, str]) -> dict[str, str]:
    """Return what expressions may name: what the path captured, and the blob itself."""
    return {
        **data,
        "blobTrigger": f"{version.container}/{version.name}",
        "uri": url.partition("?")[0],
        "blobName": version.name,
        "containerName": version.container,
    }
