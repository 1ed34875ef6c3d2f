"""What is too large for a row, and logs that grow: blobs of one container.

``inputs/ORG/ID.json``, ``results/ORG/ID-ATTEMPT.json``, ``logs/ORG/ID.jsonl``,
``registries/SCOPE/VERSION.json``.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from azure.core import MatchConditions
from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)

from funcyard.azure.errors import azure_errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection
    from datetime import datetime

    from azure.storage.blob.aio import BlobServiceClient

CONTAINER: Final = "workflow-executions"
_RANGE_PAST_THE_END: Final = 416
_LARGEST_BLOCK: Final = 4 * 1024 * 1024
_AT_ONCE: Final = 8


class LogTakenOverError(Exception):
    """Another engine writes that log now."""


class Payloads:
    """Blobs by name."""

    def __init__(self, service: BlobServiceClient) -> None:
        self._container = service.get_container_client(CONTAINER)

    async def provision(self) -> None:
        """Make the container where it is not there."""
        doing = "making the container of executions"
        with azure_errors(doing), contextlib.suppress(ResourceExistsError):
            await self._container.create_container()

    async def write(self, name: str, content: bytes) -> None:
        """Write a blob, over one of that name."""
        with azure_errors(f"writing {name}"):
            await self._container.upload_blob(name, content, overwrite=True)

    async def read(self, name: str, start: int = 0) -> bytes | None:
        """Return a blob's content from a byte on, None where there is no such blob."""
        with azure_errors(f"reading {name}"):
            try:
                # Without a start a blob that is empty would be out of range.
                stream = await self._container.download_blob(name, offset=start or None)
                return await stream.readall()
            except ResourceNotFoundError:
                return None
            except HttpResponseError as fault:
                if fault.status_code == _RANGE_PAST_THE_END:
                    return b""
                raise

    async def names(
        self, folder: str, *, written_before: datetime | None = None
    ) -> AsyncIterator[str]:
        """Yield the names of blobs, sorted.

        Args:
            folder: What they begin with.
            written_before: Only those that were written last before that moment.
        """
        with azure_errors(f"listing {folder}"):
            async for blob in self._container.list_blobs(folder):
                if written_before is None or blob.last_modified < written_before:
                    yield str(blob.name)

    async def remove(self, names: Collection[str]) -> None:
        """Remove blobs; those that are gone are no fault."""
        free = asyncio.Semaphore(_AT_ONCE)

        async def one(name: str) -> None:
            async with free:
                with azure_errors(f"removing {name}"), contextlib.suppress(ResourceNotFoundError):
                    await self._container.delete_blob(name)

        await asyncio.gather(*map(one, names))

    async def size(self, name: str) -> int:
        """Return a blob's bytes, 0 where there is no such blob."""
        with azure_errors(f"looking at {name}"):
            try:
                properties = await self._container.get_blob_client(name).get_blob_properties()
            except ResourceNotFoundError:
                return 0
            return int(properties.size)

    async def append(self, name: str, content: bytes, at: int) -> None:
        """Add to a blob that has exactly ``at`` bytes, which is made for 0.

        Raises:
            LogTakenOverError: It has other bytes already.
        """
        blob = self._container.get_blob_client(name)
        with azure_errors(f"appending to {name}"):
            if at == 0:
                # Made by a try whose answer was lost, or by another: the position tells.
                with contextlib.suppress(ResourceExistsError, ResourceModifiedError):
                    await blob.create_append_blob(match_condition=MatchConditions.IfMissing)
            for start in range(0, len(content), _LARGEST_BLOCK):
                block = content[start : start + _LARGEST_BLOCK]
                position = at + start
                try:
                    await blob.append_block(block, appendpos_condition=position)
                except AzureError:
                    # It may have landed, its answer lost.
                    if await self.size(name) != position + len(block):
                        if await self.size(name) > position:
                            raise LogTakenOverError(name) from None
                        raise
