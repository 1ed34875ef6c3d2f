"""A store on a folder of this machine: a mounted share, or a developer's disk in its place.

Each file is written aside in its own folder and renamed, so that readers and a kill find the old
content or the new. Nothing needs more than SMB gives: no mode is set, no link made, no lock taken.
Calls of the system run in threads, eight at once.

What is not synced: a single file. On a mounted share its bytes are at the server when it is closed;
on a disk, :meth:`DirectoryStore.flush` carries all of them there with one call.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import os
import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from funcyard.workspace.paths import LEFTOVER_PREFIX, name_of, parent_of
from funcyard.workspace.store import folders, walking
from funcyard.workspace.store.base import (
    CHUNK,
    Item,
    NoSuchPathError,
    PathTakenError,
    StoreError,
    StoreFullError,
    StoreRefusedError,
    StoreUnreachableError,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from contextlib import AbstractContextManager
    from datetime import timedelta
    from pathlib import Path

    from funcyard.workspace.source import LeftOut
    from funcyard.workspace.store.base import Known
    from funcyard.workspace.store.walking import Listing

_P = ParamSpec("_P")
_R = TypeVar("_R")

_THREADS: Final = 8
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_TAKEN: Final = frozenset({errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY})
_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_UNREACHABLE: Final = frozenset(
    {errno.EIO, errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN, errno.EHOSTUNREACH}
    | {errno.ETIMEDOUT, errno.EBUSY, errno.ETXTBSY, errno.EAGAIN, errno.ECONNABORTED}
)


class DirectoryStore:
    """A store on a folder.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="workspace")
        self._ignores_case: bool | None = None

    async def prepare(self) -> None:
        """Make the folder where it is not there."""
        await self._run(self._prepare)

    async def walk(
        self, path: str = "", *, left_out: list[LeftOut] | None = None
    ) -> AsyncIterator[Item]:
        """Yield everything below a folder: see :class:`~funcyard.workspace.store.base.Store`."""
        async for item in walking.items(path, self._list, left_out):
            yield item

    async def stat(self, path: str) -> Item | None:
        """Return what stands at a path, None where nothing does."""
        return await self._run(self._stat, path)

    async def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file's content in chunks; one that is replaced meanwhile is read to its end."""
        descriptor = await self._open(path)
        try:
            offset = 0
            while chunk := await self._run(_read, path, descriptor, offset):
                offset += len(chunk)
                yield chunk
        finally:
            os.close(descriptor)

    async def write(self, path: str, content: bytes, *, over: Known | None = None) -> None:
        """Write a whole file, aside and then renamed."""
        await self._run(self._write, path, content, over)

    async def make_directory(self, path: str) -> bool:
        """Make a folder in one that exists; return whether it was made."""
        return await self._run(self._make_directory, path)

    async def remove_file(self, path: str, *, only: Known | None = None) -> bool:
        """Remove a file; return whether it was there."""
        return await self._run(self._remove_file, path, only)

    async def move(self, path: str, to: str) -> None:
        """Move anything to where nothing stands."""
        await self._run(self._move, path, to)

    async def remove_directory(self, path: str) -> bool:
        """Remove an empty folder; return whether it was there."""
        return await self._run(self._remove_directory, path)

    async def sweep(self, path: str = "", *, older_than: timedelta) -> int:
        """Remove what killed writers left below a folder; return how many files that were."""
        removed = 0
        async for leftover in walking.leftovers(path, self._list, older_than=older_than):
            removed += await self._run(self._remove_file, leftover.path)
        return removed

    async def flush(self) -> None:
        """Return when everything written before survives a loss of power."""
        await self._run(self._flush)

    async def close(self) -> None:
        """Wait for the calls that run, and end the threads."""
        await asyncio.to_thread(self._threads.shutdown)

    async def _run(self, work: Callable[_P, _R], *arguments: _P.args, **named: _P.kwargs) -> _R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: work(*arguments, **named))

    async def _list(self, folder: str) -> Listing:
        return await self._run(self._listing, folder)

    async def _open(self, path: str) -> int:
        """Open a file for reading; who is cancelled meanwhile leaves no descriptor open."""
        loop = asyncio.get_running_loop()
        opening = loop.run_in_executor(self._threads, self._open_file, path)
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_close_opened)
            raise

    def _prepare(self) -> None:
        with _told("", "prepared"):
            self._root.mkdir(parents=True, exist_ok=True)

    def _listing(self, folder: str) -> Listing:
        with _told(folder, "listed"):
            return folders.listing(self._root, folder)

    def _stat(self, path: str) -> Item | None:
        if not path:
            with _told(path, "looked at"), folders.entered(self._root, "") as root:
                return folders.item("", os.fstat(root))
        try:
            with _told(path, "looked at"), self._folder_of(path) as folder:
                return folders.item(path, folders.look(folder, self._spelled(folder, path)))
        except NoSuchPathError:
            return None

    def _open_file(self, path: str) -> int:
        with _told(path, "read"), self._folder_of(path) as folder:
            descriptor = os.open(self._spelled(folder, path), folders.READING, dir_fd=folder)
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return descriptor
            os.close(descriptor)
        raise NoSuchPathError(f"there is no file at {path!a}")

    def _write(self, path: str, content: bytes, over: Known | None) -> None:
        with _told(path, "written"), self._folder_of(path) as folder:
            aside = f"{LEFTOVER_PREFIX}{secrets.token_hex(16)}"
            try:
                _fill(os.open(aside, _NEW, 0o666, dir_fd=folder), content)
                self._learn(folder, aside)
                self._put(folder, aside, path, over)
            except BaseException:
                with suppress(OSError):
                    os.unlink(aside, dir_fd=folder)
                raise

    def _put(self, folder: int, aside: str, path: str, over: Known | None) -> None:
        """Put a file that was written aside where it belongs, and spell it as asked for."""
        name, there = name_of(path), self._spelled(folder, path)
        status = folders.look(folder, there)
        if status is not None:
            if stat.S_ISDIR(status.st_mode):
                raise PathTakenError(f"there is a folder at {path!a}")
            if over is not None and not folders.holds(folder, there, status, over):
                raise PathTakenError(f"there is something else at {path!a}")
        os.rename(aside, there, src_dir_fd=folder, dst_dir_fd=folder)
        if there != name:
            os.rename(there, name, src_dir_fd=folder, dst_dir_fd=folder)

    def _make_directory(self, path: str) -> bool:
        with _told(path, "made"), self._folder_of(path) as folder:
            name = self._spelled(folder, path)
            try:
                os.mkdir(name, dir_fd=folder)
            except FileExistsError:
                status = folders.look(folder, name)
                if status is None or not stat.S_ISDIR(status.st_mode):
                    raise PathTakenError(f"there is something else at {path!a}") from None
                return False
            return True

    def _remove_file(self, path: str, only: Known | None = None) -> bool:
        try:
            with _told(path, "removed"), self._folder_of(path) as folder:
                name = self._spelled(folder, path)
                status = folders.look(folder, name)
                item = folders.item(path, status)
                if status is None or item is None:
                    return False
                if item.is_directory:
                    raise PathTakenError(f"there is a folder at {path!a}")
                if only is not None and not folders.holds(folder, name, status, only):
                    raise PathTakenError(f"there is a file with another content at {path!a}")
                os.unlink(name, dir_fd=folder)
                return True
        except NoSuchPathError:
            return False

    def _remove_directory(self, path: str) -> bool:
        try:
            with _told(path, "removed"), self._folder_of(path) as folder:
                name = self._spelled(folder, path)
                item = folders.item(path, folders.look(folder, name))
                if item is None:
                    return False
                if not item.is_directory:
                    raise PathTakenError(f"there is a file at {path!a}")
                try:
                    os.rmdir(name, dir_fd=folder)
                except OSError as fault:
                    if fault.errno not in _TAKEN:
                        raise
                    with folders.entered(self._root, path) as inner:
                        folders.remove_leftovers(inner)
                    os.rmdir(name, dir_fd=folder)
                return True
        except NoSuchPathError:
            return False

    def _move(self, path: str, to: str) -> None:
        with (
            _told(path, "moved"),
            self._folder_of(path) as folder,
            self._folder_of(to) as target,
        ):
            there = self._spelled(target, to)
            if folders.look(target, there) is not None:
                raise PathTakenError(f"something stands at {to!a}")
            os.rename(self._spelled(folder, path), there, src_dir_fd=folder, dst_dir_fd=target)

    def _flush(self) -> None:
        with _told("", "flushed"), folders.entered(self._root, "") as root:
            _sync(root)

    def _folder_of(self, path: str) -> AbstractContextManager[int]:
        return folders.entered(self._root, parent_of(path))

    def _spelled(self, folder: int, path: str) -> str:
        name = name_of(path)
        return name if self._ignores_case else folders.spelled(folder, name)

    def _learn(self, folder: int, aside: str) -> None:
        """Find out by a file that was just made whether the file system looks at case."""
        if self._ignores_case is None:
            self._ignores_case = folders.look(folder, aside.upper()) is not None


@contextmanager
def _told(path: str, done: str) -> Iterator[None]:
    """Raise what the system says as the store's error, or as the path's."""
    try:
        yield
    except OSError as fault:
        said = f"{path!a} cannot be {done}: {fault.strerror or fault}"
        if fault.errno in folders.NOT_THERE:
            raise NoSuchPathError(f"there is no such path: {path!a}") from fault
        if fault.errno in _TAKEN:
            raise PathTakenError(f"something else stands at {path!a}") from fault
        if fault.errno in _FULL:
            raise StoreFullError(said, hint="make room, or raise the quota") from fault
        if fault.errno in _REFUSED:
            raise StoreRefusedError(said, hint="check the rights of the folder") from fault
        if fault.errno in _UNREACHABLE:
            raise StoreUnreachableError(said, hint="check that the share is mounted") from fault
        raise StoreError(said) from fault


def _fill(descriptor: int, content: bytes) -> None:
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)  # a network's file system tells here that it is full


def _read(path: str, descriptor: int, offset: int) -> bytes:
    # At an offset of its own: a call whose caller is gone moves nobody's position.
    with _told(path, "read"):
        return os.pread(descriptor, CHUNK, offset)


def _close_opened(opening: asyncio.Future[int]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        os.close(opening.result())


def _sync(folder: int) -> None:
    """Write out everything of a folder's file system; of all of them where one alone cannot be."""
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "syncfs"):
        os.sync()
    elif library.syncfs(folder) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
