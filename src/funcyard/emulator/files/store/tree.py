"""A share's folder, walked component by component: no link is followed, case does not matter.

Every directory is opened relative to the one before it, by a name that was looked at there and
without following links, so nothing done through the mount meanwhile can lead out of the share.
What is neither a file nor a directory (links, devices, sockets) is not there for the service.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.emulator.files import names
from funcyard.emulator.files.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_TOO_LONG = frozenset({errno.ENAMETOOLONG})
_UNREACHABLE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file or directory is, or would be.

    Attributes:
        folder: Descriptor of the directory that it is in; open as long as it was lent.
        name: As it is on disk; where it is not there, as it was asked for. A dot for the root.
        path: Components as they are on disk.
        status: What the file system says; None where it is not there.
        parent: Number of its directory in the file system; 0 for that of the root.
    """

    folder: int
    name: str
    path: tuple[str, ...]
    status: os.stat_result | None
    parent: int

    @property
    def folded(self) -> tuple[str, ...]:
        """The components as two names that are the same share them."""
        return tuple(names.fold(part) for part in self.path)

    @property
    def is_directory(self) -> bool:
        """Whether a directory is there."""
        return self.status is not None and stat.S_ISDIR(self.status.st_mode)

    @property
    def is_file(self) -> bool:
        """Whether a file is there."""
        return self.status is not None and stat.S_ISREG(self.status.st_mode)

    @property
    def is_other(self) -> bool:
        """Whether something is there that the service has no word for."""
        return self.status is not None and not self.is_file and not self.is_directory


@contextmanager
def find(root: Path, parts: tuple[str, ...]) -> Iterator[Place]:
    """Lend the place of a path.

    Args:
        root: The share's folder.
        parts: Valid components; none for the share's root.

    Raises:
        StorageError: A directory on the way is not there.
    """
    folder = _open(str(root), None)
    try:
        if not parts:
            yield Place(folder, ".", (), os.fstat(folder), 0)
            return
        way: list[str] = []
        for part in parts[:-1]:
            name, status = lookup(folder, part)
            if status is None or not stat.S_ISDIR(status.st_mode):
                raise StorageError("ParentNotFound")
            inner = _open(name, folder)
            os.close(folder)
            folder = inner
            way.append(name)
        name, status = lookup(folder, parts[-1])
        parent = os.fstat(folder).st_ino if way else 0
        yield Place(folder, name, (*way, name), status, parent)
    finally:
        os.close(folder)


def lookup(folder: int, wanted: str) -> tuple[str, os.stat_result | None]:
    """Return the name under which something is in a directory, and what is there.

    The name as it was written counts first, then the first one that differs in case only.

    Raises:
        StorageError: The file system takes no name as long as that.
    """
    try:
        return wanted, os.stat(wanted, dir_fd=folder, follow_symlinks=False)
    except OSError as fault:
        if fault.errno in _TOO_LONG:
            raise StorageError("InvalidFileOrDirectoryPathName") from fault
        if fault.errno not in _UNREACHABLE:
            raise
    folded = names.fold(wanted)
    size = len(folded)
    for name in sorted(os.listdir(folder)):
        if len(name) == size and names.fold(name) == folded:
            try:
                return name, os.stat(name, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                continue
    return wanted, None


def children(place: Place) -> list[tuple[str, os.stat_result]]:
    """Return the files and directories in a directory that a client can name, in their order."""
    folder = open_directory(place)
    try:
        found = []
        for name in os.listdir(folder):  # noqa: PTH208 - a descriptor
            if not names.is_entry(name):
                continue
            try:
                status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode):
                found.append((name, status))
    finally:
        os.close(folder)
    return sorted(found, key=lambda item: (names.fold(item[0]), item[0]))


def open_directory(place: Place) -> int:
    """Return a descriptor of a directory; the caller closes it."""
    return _open(place.name, place.folder)


def open_file(place: Place, flags: int = os.O_RDONLY) -> int:
    """Return a descriptor of a file; the caller closes it."""
    return os.open(
        place.name, flags | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=place.folder
    )


def _open(name: str, folder: int | None) -> int:
    try:
        return os.open(name, _DIRECTORY, dir_fd=folder)
    except OSError as fault:
        if fault.errno in _UNREACHABLE:
            raise StorageError(
                "ParentNotFound" if folder is not None else "ShareNotFound"
            ) from fault
        raise


def is_directory(status: os.stat_result) -> bool:
    """Whether that is a directory."""
    return stat.S_ISDIR(status.st_mode)
