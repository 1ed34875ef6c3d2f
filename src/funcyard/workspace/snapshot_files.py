"""The files of snapshots on this machine's disk: contents by hash, folders, locks, and their end.

Everything here blocks and is called in threads.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WHEN: Final = 946684800
"""The time of every content, 2000-01-01: another one tells that somebody wrote to it."""

_READ_ONLY: Final = 0o444
_CLOSED: Final = 0o555
_OPEN: Final = 0o755
_MOST_VERSIONS: Final = 100
_LEFT_BEHIND_SECONDS: Final = 3600
_NO_LINKS: Final = frozenset({errno.EPERM, errno.EMLINK, errno.EXDEV, errno.ENOTSUP, errno.ENOSYS})


class SnapshotFiles:
    """A folder of snapshots.

    Args:
        root: The folder. It is made when missing.
        capacity: How many bytes to keep.
    """

    def __init__(self, root: Path, capacity: int) -> None:
        self._root = root
        self._capacity = capacity
        self._can_link: bool | None = None

    def folder(self, name: str) -> Path:
        """Return where a snapshot is, or would be."""
        return self._root / "versions" / name

    def has(self, name: str) -> bool:
        """Whether a snapshot is there."""
        return self.folder(name).is_dir()

    def lock(self, name: str) -> int:
        """Hold a snapshot, there or not, so that it is not removed; return what unlocks it."""
        path = self._lock_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                fcntl.flock(lock, fcntl.LOCK_SH)
                if _is(path, lock):
                    os.utime(path)
                    return lock
            except BaseException:
                os.close(lock)
                raise
            os.close(lock)

    @staticmethod
    def unlock(lock: int) -> None:
        """Give up a lock."""
        os.close(lock)

    def missing(self, sizes: Mapping[str, int]) -> list[str]:
        """Return the hashes, of those given with their sizes, whose contents are not here."""
        return [sha256 for sha256, size in sizes.items() if not self._sound(sha256, size)]

    def keep(self, sha256: str, content: bytes) -> None:
        """Keep a content, replacing one that somebody wrote to."""
        aside = self._aside()
        path = self._content(sha256)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("wb") as file:
                file.write(content)
            aside.chmod(_READ_ONLY)
            os.utime(aside, (_WHEN, _WHEN))
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise

    def lay_out(self, name: str, folders: Iterable[str], files: Mapping[str, str]) -> bool:
        """Make a snapshot of contents that are here; return False where one has vanished.

        Args:
            name: The snapshot's.
            folders: All of its folders, each after the one it is in.
            files: The hash of each file's content by its path.
        """
        aside, target = self._aside(), self.folder(name)
        aside.mkdir()
        try:
            made = [aside, *(aside / folder for folder in folders)]
            for folder in made[1:]:
                folder.mkdir()
            for path, sha256 in files.items():
                _link(self._content(sha256), Path(f"{aside}/{path}"))
            for folder in reversed(made[1:]):
                folder.chmod(_CLOSED)
            target.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(target)
            target.chmod(_CLOSED)
        except FileNotFoundError:
            _remove(aside)
            return False
        except OSError as fault:
            _remove(aside)
            if fault.errno in {errno.ENOTEMPTY, errno.EEXIST}:
                return True  # another process was quicker
            raise
        return True

    def trim(self) -> None:
        """Remove the snapshots that were not used for longest, while more is kept than may be."""
        self._clear_aside()
        kept = sorted(self._snapshots(), key=lambda name: _time(self._lock_path(name)))
        for place, name in enumerate(kept):
            if len(kept) - place <= _MOST_VERSIONS and self._bytes() <= self._capacity:
                return
            self._evict(name)
        if self._bytes() > self._capacity:
            self._drop_contents()

    def _evict(self, name: str) -> None:
        path = self._lock_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _is(path, lock):
                return
            aside = self._aside()
            with suppress(FileNotFoundError):
                self.folder(name).chmod(_OPEN)
                self.folder(name).rename(aside)
            path.unlink()
        except BlockingIOError:
            return  # in use
        finally:
            os.close(lock)
        _remove(aside)

    def _drop_contents(self) -> None:
        """Remove contents that no snapshot has, the oldest first, until enough is gone."""
        unused = [
            (found.st_ctime, found.st_size, path)
            for path in (self._root / "contents").glob("*/*")
            if (found := _stat(path)) is not None and found.st_nlink == 1
        ]
        over = self._bytes() - self._capacity
        for _, size, path in sorted(unused):
            if over <= 0:
                return
            path.unlink(missing_ok=True)
            over -= size

    def _bytes(self) -> int:
        """Return how much is kept; snapshots hold nothing of their own where files are linked."""
        folders = [self._root / "contents"]
        if not self._links():
            folders += (self._root / "versions").glob("*/*")
        return sum(map(_size, folders))

    def _links(self) -> bool:
        """Whether this disk links files; else each snapshot has copies."""
        if self._can_link is None:
            first, second = self._aside(), self._aside()
            first.touch()
            try:
                second.hardlink_to(first)
                self._can_link = True
            except OSError as fault:
                if fault.errno not in _NO_LINKS:
                    raise
                self._can_link = False
            finally:
                first.unlink(missing_ok=True)
                second.unlink(missing_ok=True)
        return self._can_link

    def _snapshots(self) -> Iterator[str]:
        for folder in (self._root / "versions").glob("*/*"):
            yield f"{folder.parent.name}/{folder.name}"

    def _clear_aside(self) -> None:
        before = time.time() - _LEFT_BEHIND_SECONDS
        for path in (self._root / "aside").iterdir():
            # When it was last touched: the other time is that which contents are given.
            if (found := _stat(path)) is not None and found.st_ctime < before:
                _remove(path)

    def _sound(self, sha256: str, size: int) -> bool:
        found = _stat(self._content(sha256))
        return (
            found is not None
            and stat.S_ISREG(found.st_mode)
            and (found.st_size, found.st_mtime) == (size, _WHEN)
        )

    def _content(self, sha256: str) -> Path:
        return Path(f"{self._root}/contents/{sha256[:2]}/{sha256}")  # at once: there are many

    def _lock_path(self, name: str) -> Path:
        return self._root / "locks" / name.replace("/", ".")

    def _aside(self) -> Path:
        folder = self._root / "aside"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / uuid.uuid4().hex


def _link(content: Path, path: Path) -> None:
    try:
        os.link(content, path)
    except OSError as fault:
        if fault.errno not in _NO_LINKS:
            raise
        shutil.copy2(content, path)


def _size(folder: Path) -> int:
    """Return the bytes of all files below a folder."""
    size = 0
    for path, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                size += os.lstat(os.path.join(path, name)).st_size  # noqa: PTH118  many files
    return size


def _remove(path: Path) -> None:
    """Remove a file, or a folder whose folders are closed."""
    if not path.is_dir():
        path.unlink(missing_ok=True)
        return
    for folder, _, _ in os.walk(path):
        os.chmod(folder, _OPEN)  # noqa: PTH101  os.walk gives texts
    shutil.rmtree(path, ignore_errors=True)


def _is(path: Path, opened: int) -> bool:
    """Whether a path still leads to what was opened by it."""
    found = _stat(path)
    return found is not None and os.path.samestat(found, os.fstat(opened))


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None


def _time(path: Path) -> float:
    found = _stat(path)
    return 0 if found is None else found.st_mtime
