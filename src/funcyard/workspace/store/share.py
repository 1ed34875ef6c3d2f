"""A store on a share of Azure Files, over its REST interface.

What it costs: a file of up to 1 MiB is written with two requests (created aside with its content,
then renamed over the old one), a larger one with a request more for each 4 MiB; a folder is made,
removed or listed with one (and one for each further 5,000 of its items), a file read with one for
each 4 MiB. No request is conditional: Azure Files refuses ``If-Match``, so whoever writes holds the
workspace's lease.

A request that failed on its way is repeated (:mod:`funcyard.azure.retries`). All of them can be,
save one: a rename whose answer was lost finds its source gone. Then the target is looked at, and
where it has this content the rename was done.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceResponseError,
)
from azure.storage.fileshare import ContentSettings, FileProperties

from funcyard.azure.errors import (
    AzureFailedError,
    AzureRefusedError,
    AzureUnreachableError,
    azure_error,
    error_code,
)
from funcyard.azure.retries import RETRIES, pause_seconds
from funcyard.workspace.paths import LEFTOVER_PREFIX, join, parent_of
from funcyard.workspace.store.base import (
    CHUNK,
    ChangedWhileReadError,
    Item,
    NoSuchPathError,
    PathTakenError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
    StoreUnreachableError,
)
from funcyard.workspace.store.walking import Listing, listings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import timedelta

    from azure.storage.fileshare import DirectoryProperties
    from azure.storage.fileshare.aio import ShareDirectoryClient, ShareFileClient

    from funcyard.azure.storage import StorageAccount
    from funcyard.workspace.source import LeftOut
    from funcyard.workspace.store.base import Known

# https://learn.microsoft.com/rest/api/storageservices/file-service-error-codes
_FULL: Final = frozenset({"ShareSizeLimitReached", "FileShareProvisionedStorageExceeded"})
_NO_PATH: Final = frozenset({"ResourceNotFound", "ParentNotFound"})
_TAKEN: Final = frozenset({"ResourceTypeMismatch", "DirectoryNotEmpty", "ResourceAlreadyExists"})
_BUSY: Final = frozenset({"SharingViolation", "FileLockConflict", "DeletePending"})
# Azure takes 4 MiB; aiohttp sends no more than this without a pause for others.
_AT_ONCE: Final = 1024 * 1024
_NOT_A_RANGE: Final = "InvalidRange"
_AN_ERROR: Final = 400


class ShareStore:
    """A store on a share.

    Args:
        account: Where Azure Files is, and the right to use it.
        share: The share's name.

    Raises:
        StorageAccountError: The account has no file service.
    """

    def __init__(self, account: StorageAccount, share: str) -> None:
        self._service = account.files()
        self._share = self._service.get_share_client(share)

    async def prepare(self) -> None:
        """Make the share where it is not there."""
        with _told("", "making the share"):
            try:
                await self._share.create_share()
            except HttpResponseError as fault:
                if error_code(fault) != "ShareAlreadyExists":
                    raise

    async def walk(
        self, path: str = "", *, left_out: list[LeftOut] | None = None
    ) -> AsyncIterator[Item]:
        """Yield everything below a folder: see :class:`~funcyard.workspace.store.base.Store`."""
        async for listing in listings(path, self._list):
            if left_out is not None:
                left_out += listing.left_out
            for item in listing.items:
                yield item

    async def stat(self, path: str) -> Item | None:
        """Return what stands at a path, None where nothing does; a folder costs two requests."""
        with _told(path, "looking at"):
            if path:
                try:
                    return _item(path, await self._file(path).get_file_properties())
                except HttpResponseError as fault:
                    if not _nothing_there(fault):
                        raise
            try:
                return _item(path, await self._folder(path).get_directory_properties())
            except HttpResponseError as fault:
                if not _nothing_there(fault):
                    raise
                return None

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file's content in chunks; each is asked for again where it broke off."""
        offset, etag = 0, ""
        with _told(path, "reading"):
            while True:
                content, whole, new = await self._range(path, offset)
                if etag not in {"", new}:
                    raise ChangedWhileReadError(
                        f"{path!a} was replaced while it was read", hint="read it again"
                    )
                etag = new
                offset += len(content)
                if content:
                    yield content
                if offset >= whole:
                    return

    async def write(self, path: str, content: bytes, *, over: Known | None = None) -> None:
        """Write a whole file, aside and then renamed."""
        aside = join(parent_of(path), f"{LEFTOVER_PREFIX}{secrets.token_hex(16)}")
        digest = hashlib.md5(content, usedforsecurity=False).digest()
        with _told(path, "writing"):
            try:
                await self._fill(self._file(aside), content, digest)
                overwrite = over is None or await self._holds(path, over)
                await self._rename(aside, path, digest, overwrite=overwrite)
            except (HttpResponseError, asyncio.CancelledError):
                await asyncio.shield(self._forget(aside))
                raise

    async def make_directory(self, path: str) -> bool:
        """Make a folder in one that exists; return whether it was made."""
        with _told(path, "making"):
            try:
                await self._folder(path).create_directory()
            except HttpResponseError as fault:
                if error_code(fault) not in _TAKEN:
                    raise
            else:
                return True
            item = await self.stat(path)
            if item is None or not item.is_directory:
                raise PathTakenError(f"there is something else at {path!a}")
            return False

    async def remove_file(self, path: str, *, only: Known | None = None) -> bool:
        """Remove a file; return whether it was there."""
        with _told(path, "removing"):
            if only is not None and not await self._holds(path, only):
                if await self.stat(path) is None:
                    return False
                raise PathTakenError(f"there is something else at {path!a}")
            try:
                await self._file(path).delete_file()
            except HttpResponseError as fault:
                if error_code(fault) not in _NO_PATH:
                    raise
                return False
            return True

    async def remove_directory(self, path: str) -> bool:
        """Remove an empty folder; return whether it was there."""
        with _told(path, "removing"):
            folder = self._folder(path)
            try:
                await folder.delete_directory()
            except HttpResponseError as fault:
                if error_code(fault) in _NO_PATH:
                    return False
                if error_code(fault) != "DirectoryNotEmpty":
                    raise
                for leftover in (await self._list(path)).leftovers:
                    await self._forget(leftover.path)
                await folder.delete_directory()
            return True

    async def move(self, path: str, to: str) -> None:
        """Move anything to where nothing stands."""
        item = await self.stat(path)
        if item is None:
            raise NoSuchPathError(f"there is no such path: {path!a}")
        with _told(path, "moving"):
            try:
                if item.is_directory:
                    await self._folder(path).rename_directory(to, overwrite=False)
                else:
                    await self._file(path).rename_file(to, overwrite=False)
            except ResourceNotFoundError:
                if await self.stat(to) is None:  # else it was moved, and the answer lost
                    raise

    async def sweep(self, path: str = "", *, older_than: timedelta) -> int:
        """Remove what killed writers left below a folder; return how many files that were."""
        latest = datetime.now(UTC) - older_than
        removed = 0
        async for listing in listings(path, self._list):
            for leftover in listing.leftovers:
                if leftover.modified <= latest:
                    removed += await self.remove_file(leftover.path)
        return removed

    async def flush(self) -> None:
        """Return at once: what Azure Files has answered, it keeps."""

    async def close(self) -> None:
        """Give up the connections."""
        await self._service.close()

    def _file(self, path: str) -> ShareFileClient:
        return self._share.get_file_client(path)

    def _folder(self, path: str) -> ShareDirectoryClient:
        return self._share.get_directory_client(path)

    async def _list(self, folder: str) -> Listing:
        found: list[Item] = []
        with _told(folder, "listing"):
            try:
                async for one in self._folder(folder).list_directories_and_files(
                    include=["timestamps"]
                ):
                    found.append(_item(join(folder, one.name), one))  # noqa: PERF401  more is awaited
            except HttpResponseError as fault:
                if not _nothing_there(fault):
                    raise
        return Listing.of(folder, found)

    async def _range(self, path: str, offset: int) -> tuple[bytes, int, str]:
        """Return a range of a file, the whole file's length, and the ETag it has."""
        file, retry = self._file(path), 0
        while True:
            try:
                download = await file.download_file(offset=offset, length=CHUNK)
                content = await download.readall()
            except (HttpResponseError, ServiceResponseError) as fault:
                if error_code(fault) == _NOT_A_RANGE:  # an empty file, or one that is shorter now
                    return b"", offset, (await file.get_file_properties()).etag
                # The client repeats requests, but not an answer whose body breaks off.
                retry += 1
                if retry > RETRIES or not _broke_off(fault):
                    raise
                await asyncio.sleep(pause_seconds(retry))
            else:
                properties = download.properties
                whole = (properties.content_range or "").rpartition("/")[2]
                return content, int(whole), properties.etag

    async def _fill(self, file: ShareFileClient, content: bytes, digest: bytes) -> None:
        """Make a file of some content, with its MD5 as other clients note it."""
        size = len(content)
        small = content if 0 < size <= _AT_ONCE else None
        settings = ContentSettings(content_md5=bytearray(digest))
        # With its first bytes since version 2026-02-06 of the interface.
        await file.create_file(size, content_settings=settings, data=small)
        if small is None:
            for offset in range(0, size, CHUNK):
                length = min(CHUNK, size - offset)
                # A body that can be rewound, for repetitions, and is sent piece by piece.
                part = BytesIO(content[offset : offset + length])
                await file.upload_range(part, offset, length)  # type: ignore[arg-type]

    async def _holds(self, path: str, known: Known) -> bool:
        """Whether there is a file that has one of some contents."""
        digest, offset, first = hashlib.sha256(), 0, ""
        while known:
            try:
                content, whole, etag = await self._range(path, offset)
            except HttpResponseError as fault:
                if not _nothing_there(fault):
                    raise
                return False
            if whole not in known.values() or first not in {"", etag}:
                return False
            first = etag
            digest.update(content)
            offset += len(content)
            if offset >= whole:
                return known.get(digest.hexdigest()) == whole
        return False

    async def _rename(self, aside: str, path: str, digest: bytes, *, overwrite: bool) -> None:
        try:
            await self._file(aside).rename_file(
                path, overwrite=overwrite, ignore_read_only=overwrite
            )
        except ResourceNotFoundError:
            if not await self._has(path, digest):
                raise

    async def _has(self, path: str, digest: bytes) -> bool:
        with suppress(ResourceNotFoundError):
            properties = await self._file(path).get_file_properties()
            return bytes(properties.content_settings.content_md5 or b"") == digest
        return False

    async def _forget(self, path: str) -> None:
        """Remove a file that was written aside, if that can be done; a sweep will otherwise."""
        with suppress(AzureError):
            await self._file(path).delete_file()


@contextmanager
def _told(path: str, doing: str) -> Iterator[None]:
    """Raise what Azure's client raises as the store's error, or as the path's."""
    try:
        yield
    except (AzureError, TimeoutError) as fault:
        told = azure_error(fault, f"{doing} {path!a}" if path else doing)
        code = told.service_code
        if code in _NO_PATH:
            raise NoSuchPathError(f"there is no such path: {path!a}") from fault
        if code in _TAKEN:
            raise PathTakenError(f"something else stands at {path!a}") from fault
        if code in _FULL:
            raise StoreFullError(told.message, hint="raise the share's quota") from fault
        raise _kind(told, code)(told.message, hint=told.hint) from fault


def _kind(told: AzureFailedError, code: str) -> type[StoreError]:
    if isinstance(told, AzureUnreachableError) or code in _BUSY:
        return StoreUnreachableError
    return StoreRefusedError if isinstance(told, AzureRefusedError) else StoreError


def _nothing_there(fault: HttpResponseError) -> bool:
    """Whether there is nothing of that kind; a share that is not there is another matter."""
    return error_code(fault) in _NO_PATH | {"ResourceTypeMismatch"}


def _broke_off(fault: AzureError) -> bool:
    """Whether an answer began well and has no end."""
    status = fault.status_code if isinstance(fault, HttpResponseError) else None
    return status is None or status < _AN_ERROR


def _item(path: str, found: FileProperties | DirectoryProperties) -> Item:
    size = found.size if isinstance(found, FileProperties) else None
    return Item(path, size, _moment(found.last_write_time or found.last_modified))


def _moment(written: datetime | str) -> datetime:
    moment = datetime.fromisoformat(written) if isinstance(written, str) else written
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
