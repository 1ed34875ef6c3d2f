"""Cold storage and the archive: blobs of many readings (``contract/blobs.py``).

What is kept here is read again before it is said to be kept. Readings that are there already are
not kept twice, so whoever was interrupted does the same again; ``holding.py`` keeps them there.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import AzureError, ResourceExistsError
from azure.storage.blob import ContentSettings, StandardBlobTier
from azure.storage.blob.aio import BlobServiceClient

from funcyard.twin.contract.blobs import BlobName, name_blob, read_blob_name
from funcyard.twin.contract.errors import ContractError

from .chunks import Kept, digest_of, read_chunk, write_chunk
from .faults import CopyError, SettingsError, StorageError
from .holding import MARK, Listed, listed, mark, remove
from .tracing import logger

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Container, Mapping, Sequence

    from azure.core.pipeline.transport import AioHttpTransport
    from azure.storage.blob.aio import BlobClient, ContainerClient

    from funcyard.twin.contract.telemetry import Telemetry

LARGEST: Final = 16 * 1024 * 1024
"""So many bytes a blob has at most that is read whole; those of a twin have far less."""

_SHA256: Final = "sha256"
_ATTEMPTS: Final = 5
_LOGGER = logger("blobs")


class BlobStore:
    """A container of readings.

    Args:
        container: Where they are.
    """

    def __init__(self, container: ContainerClient) -> None:
        self._container = container

    async def listed(self, device: str | None = None) -> AsyncIterator[Listed]:
        """Yield the blobs of a device, or of all, in the order of names.

        Others than a twin's are passed over; the log names them.

        Raises:
            StorageError: They cannot be listed.
        """
        prefix = None if device is None else f"{device}/"
        try:
            async for told in self._container.list_blobs(prefix, include=["metadata"]):
                try:
                    yield listed(read_blob_name(told.name), told)
                except ContractError as fault:
                    _LOGGER.warning("%s: %s", told.name, fault.message)
        except AzureError as fault:
            raise _failed("listed", fault) from None

    async def read(self, name: BlobName) -> bytes:
        """Return what a blob holds.

        Raises:
            StorageError: It cannot be read, or is too large to be a twin's.
        """
        try:
            return await self._read(self._container.get_blob_client(str(name)))
        except AzureError as fault:
            raise _failed("read", fault) from None

    async def delete(self, blob: Listed) -> bool:
        """Delete a blob, unless it is gone; return whether it was as it was listed.

        Raises:
            StorageError: It cannot be deleted.
        """
        try:
            return await remove(self._container, blob)
        except AzureError as fault:
            raise _failed("deleted", fault) from None

    async def release(self, before: str, apart: Container[str]) -> None:
        """Let go of every blob whose readings are in hot storage no more.

        Args:
            before: A time: hot storage has nothing any more that is older.
            apart: The devices of which that is not so.

        Raises:
            StorageError: Blobs cannot be listed or marked.
        """
        async for blob in self.listed():
            if blob.is_held and blob.name.end < before and blob.name.device not in apart:
                await self._mark(blob, held=False)

    async def add(self, device: str, readings: Sequence[Telemetry], *, held: bool = False) -> Kept:
        """Keep readings of a device in a Cool blob, but those that are there already.

        Args:
            device: Whose they are.
            readings: At least one, each of its own time, the oldest first.
            held: Whether every blob with one of them stays until it is released.

        Raises:
            CopyError: What can be read afterwards is not what was to be kept.
            StorageError: Blobs cannot be read or written.
        """
        span = (readings[0].time, readings[-1].time)
        for _ in range(_ATTEMPTS):
            near = [one async for one in self.listed(device) if _overlap(_span(one.name), span)]
            there, holders = await self._among(near, readings)
            if held and not all([await self._mark(one, held=True) for one in holders]):
                continue
            times = {one.time for one in there}
            left = [one for one in readings if one.time not in times]
            if not left:
                return Kept(len(there), digest_of(there))
            own = (left[0].time, left[-1].time)
            taken = {one.name.chunk for one in near if _span(one.name) == own}
            chunk = next(number for number in range(len(taken) + 1) if number not in taken)
            name, content = name_blob(device, *own, chunk), write_chunk(left)
            written = await self._written(name, content, MARK if held else {})
            if written is not None:
                both = sorted([*there, *read_chunk(written)], key=lambda one: one.time)
                return Kept(len(both), digest_of(both))
        raise CopyError("others keep changing blobs of the same times")

    async def add_whole(self, name: BlobName, content: bytes) -> str:
        """Keep a blob in the archive under its name, or the next chunk where that is another.

        Returns:
            The SHA-256 of what is kept, in hexadecimal.

        Raises:
            CopyError: What can be read afterwards is not what was to be kept.
            StorageError: The archive cannot be read or written.
        """
        digest = hashlib.sha256(content).hexdigest()
        try:
            for chunk in range(name.chunk, name.chunk + 1000):
                called = name_blob(name.device, name.start, name.end, chunk)
                blob = self._container.get_blob_client(called)
                if await self._holds(blob, content, digest):
                    await blob.set_standard_blob_tier(StandardBlobTier.ARCHIVE)
                    return digest
        except AzureError as fault:
            raise _failed("written", fault) from None
        raise CopyError("there are too many blobs of that time")

    async def _among(
        self, near: list[Listed], readings: Sequence[Telemetry]
    ) -> tuple[list[Telemetry], list[Listed]]:
        """Return those of readings that blobs hold as they are, in their order, and the blobs."""
        wanted = {write_chunk([one]) for one in readings}
        found: set[bytes] = set()
        holders = []
        for blob in near:
            kept = read_chunk(await self.read(blob.name))
            if known := wanted.intersection(write_chunk([one]) for one in kept):
                found |= known
                holders.append(blob)
        return [one for one in readings if write_chunk([one]) in found], holders

    async def _mark(self, blob: Listed, *, held: bool) -> bool:
        try:
            return await mark(self._container, blob, held=held)
        except AzureError as fault:
            raise _failed("marked", fault) from None

    async def _written(
        self, name: str, content: bytes, metadata: Mapping[str, str]
    ) -> bytes | None:
        """Write a blob; return what can be read there, None where another of that name came first.

        Raises:
            CopyError: That is not what was written; it is taken away again.
        """
        blob = self._container.get_blob_client(name)
        try:
            await self._upload(blob, content, StandardBlobTier.COOL, metadata)
            found = await self._read(blob)
            if found == content:
                return found
            await blob.delete_blob()
        except ResourceExistsError:
            return None
        except AzureError as fault:
            raise _failed("written", fault) from None
        raise CopyError("a blob does not hold what was written to it")

    async def _holds(self, blob: BlobClient, content: bytes, digest: str) -> bool:
        """Tell whether a blob holds a content after it was written there, if nothing was."""
        try:
            await self._upload(blob, content, StandardBlobTier.COOL, {_SHA256: digest})
        except ResourceExistsError:
            there = await blob.get_blob_properties()
            if there.blob_tier == StandardBlobTier.ARCHIVE.value:
                return there.size == len(content) and there.metadata.get(_SHA256) == digest
            return await self._read(blob) == content
        if await self._read(blob) != content:
            await blob.delete_blob()
            raise CopyError("a copy in the archive is not what was copied")
        return True

    async def _upload(
        self,
        blob: BlobClient,
        content: bytes,
        tier: StandardBlobTier,
        metadata: Mapping[str, str],
    ) -> None:
        md5 = hashlib.md5(content, usedforsecurity=False).digest()
        await blob.upload_blob(
            content,
            overwrite=False,
            standard_blob_tier=tier,
            metadata=dict(metadata),
            validate_content=True,
            content_settings=ContentSettings(
                content_type="application/json", content_md5=bytearray(md5)
            ),
        )

    async def _read(self, blob: BlobClient) -> bytes:
        stream = await blob.download_blob()
        if stream.size > LARGEST:
            raise StorageError(f"a blob is larger than {LARGEST} bytes")
        return await stream.readall()


def blob_store(transport: AioHttpTransport, connection: str, container: str) -> BlobStore:
    """Return the container of a storage account.

    Raises:
        SettingsError: The connection string is none.
    """
    try:
        service = BlobServiceClient.from_connection_string(connection, transport=transport)
    except ValueError:
        raise SettingsError("the connection string of the blobs is none") from None
    return BlobStore(service.get_container_client(container))


def _span(name: BlobName) -> tuple[str, str]:
    return name.start, name.end


def _overlap(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _failed(what: str, fault: AzureError) -> StorageError:
    _LOGGER.error("blobs cannot be %s: %s", what, fault)
    return StorageError(f"blobs cannot be {what}")
