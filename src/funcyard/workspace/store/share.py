"""A store on a share of Azure Files, over its REST interface.

What it costs: a file of up to 1 MiB is written with two requests (created aside with its content,
then renamed over the old one), a larger one with a request more for each 4 MiB; a folder is made,
removed or listed with one (and one for each further 5,000 of its items), a file read with one for
each 4 MiB. No request is conditional: Azure Files refuses ``If-Match``, so whoever writes holds the
workspace's lease. A request that failed on its way is repeated (:mod:`.share_files`).
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.storage.fileshare import FileProperties

from funcyard.azure.errors import error_code
from funcyard.workspace.paths import LEFTOVER_PREFIX, join, parent_of
from funcyard.workspace.store import walking
from funcyard.workspace.store.base import (
    ChangedWhileReadError,
    Item,
    NoSuchPathError,
    PathTakenError,
)
from funcyard.workspace.store.share_errors import NO_PATH, TAKEN, nothing_there, told_of
from funcyard.workspace.store.share_files import fill, forget, holds, read_range, rename
from funcyard.workspace.store.walking import Listing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta

    from azure.storage.fileshare import DirectoryProperties
    from azure.storage.fileshare.aio import ShareDirectoryClient, ShareFileClient

    from funcyard.azure.storage import StorageAccount
    from funcyard.workspace.source import LeftOut
    from funcyard.workspace.store.base import Known


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
        with told_of("", "making the share"):
            try:
                await self._share.create_share()
            except HttpResponseError as fault:
                if error_code(fault) != "ShareAlreadyExists":
                    raise

    async def walk(
        self, path: str = "", *, left_out: list[LeftOut] | None = None
    ) -> AsyncIterator[Item]:
        """Yield everything below a folder: see :class:`~funcyard.workspace.store.base.Store`."""
        async for item in walking.items(path, self._list, left_out):
            yield item

    async def stat(self, path: str) -> Item | None:
        """Return what stands at a path, None where nothing does; a folder costs two requests."""
        with told_of(path, "looking at"):
            if path:
                try:
                    return _item(path, await self._file(path).get_file_properties())
                except HttpResponseError as fault:
                    if not nothing_there(fault):
                        raise
            try:
                return _item(path, await self._folder(path).get_directory_properties())
            except HttpResponseError as fault:
                if not nothing_there(fault):
                    raise
                return None

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file's content in chunks; each is asked for again where it broke off."""
        offset, etag = 0, ""
        with told_of(path, "reading"):
            while True:
                content, whole, new = await read_range(self._file(path), offset)
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
        with told_of(path, "writing"):
            try:
                await fill(self._file(aside), content, digest)
                overwrite = over is None or await holds(self._file(path), over)
                await rename(self._file(aside), self._file(path), path, digest, overwrite=overwrite)
            except (HttpResponseError, asyncio.CancelledError):
                await asyncio.shield(forget(self._file(aside)))
                raise

    async def make_directory(self, path: str) -> bool:
        """Make a folder in one that exists; return whether it was made."""
        with told_of(path, "making"):
            try:
                await self._folder(path).create_directory()
            except HttpResponseError as fault:
                if error_code(fault) not in TAKEN:
                    raise
            else:
                return True
            item = await self.stat(path)
            if item is None or not item.is_directory:
                raise PathTakenError(f"there is something else at {path!a}")
            return False

    async def remove_file(self, path: str, *, only: Known | None = None) -> bool:
        """Remove a file; return whether it was there."""
        with told_of(path, "removing"):
            if only is not None and not await holds(self._file(path), only):
                if await self.stat(path) is None:
                    return False
                raise PathTakenError(f"there is something else at {path!a}")
            try:
                await self._file(path).delete_file()
            except HttpResponseError as fault:
                if error_code(fault) not in NO_PATH:
                    raise
                return False
            return True

    async def remove_directory(self, path: str) -> bool:
        """Remove an empty folder; return whether it was there."""
        with told_of(path, "removing"):
            folder = self._folder(path)
            try:
                await folder.delete_directory()
            except HttpResponseError as fault:
                if error_code(fault) in NO_PATH:
                    return False
                if error_code(fault) != "DirectoryNotEmpty":
                    raise
                for leftover in (await self._list(path)).leftovers:
                    await forget(self._file(leftover.path))
                await folder.delete_directory()
            return True

    async def move(self, path: str, to: str) -> None:
        """Move anything to where nothing stands."""
        item = await self.stat(path)
        if item is None:
            raise NoSuchPathError(f"there is no such path: {path!a}")
        with told_of(path, "moving"):
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
        removed = 0
        async for leftover in walking.leftovers(path, self._list, older_than=older_than):
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
        with told_of(folder, "listing"):
            try:
                async for one in self._folder(folder).list_directories_and_files(
                    include=["timestamps"]
                ):
                    found.append(_item(join(folder, one.name), one))  # noqa: PERF401  more is awaited
            except HttpResponseError as fault:
                if not nothing_there(fault):
                    raise
        return Listing.of(folder, found)


def _item(path: str, found: FileProperties | DirectoryProperties) -> Item:
    size = found.size if isinstance(found, FileProperties) else None
    return Item(path, size, _moment(found.last_write_time or found.last_modified))


def _moment(written: datetime | str) -> datetime:
    moment = datetime.fromisoformat(written) if isinstance(written, str) else written
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
