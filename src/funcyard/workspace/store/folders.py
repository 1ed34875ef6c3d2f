"""A folder on disk, entered name by name: no link is followed, whoever puts one there meanwhile.

Each folder is opened relative to the one before it and without following a link, so that whatever
is renamed or linked between two steps cannot lead out of the root. Names are found without regard
to case, also where the file system has regard to it. Everything here blocks.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.workspace.paths import fold, is_leftover, join, printable
from funcyard.workspace.source import LINK, LeftOut
from funcyard.workspace.store.base import Item, StoreUnreachableError
from funcyard.workspace.store.walking import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.workspace.store.base import Known

NOT_THERE: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
"""What the system says of a way that does not lead through folders."""

# Not to wait for the other end of a pipe that stands there.
READING: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
"""How a file is opened to be read."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@contextmanager
def entered(root: Path, folder: str) -> Iterator[int]:
    """Lend the descriptor of a folder.

    Args:
        root: The store's root, which may be reached by links.
        folder: Below it; the root itself where it is empty.

    Raises:
        StoreUnreachableError: The root is not there.
        OSError: ENOENT, ENOTDIR or ELOOP where the way does not lead through folders, or others.
    """
    try:
        here = os.open(root, _FOLDER)
    except (FileNotFoundError, NotADirectoryError) as fault:
        raise StoreUnreachableError(
            "the folder of the workspace is not there",
            hint="check that the share is mounted, or prepare the workspace",
        ) from fault
    try:
        for name in filter(None, folder.split("/")):
            inner = _enter(here, name)
            os.close(here)
            here = inner
        yield here
    finally:
        os.close(here)


def spelled(folder: int, name: str) -> str:
    """Return the name that something has in a folder; the one asked for where nothing has it.

    Raises:
        OSError: The folder cannot be read, or the file system cannot hold such a name.
    """
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        key = fold(name)
        # The smallest of several, so that every caller finds the same one.
        return min((other for other in os.listdir(folder) if fold(other) == key), default=name)
    return name


def look(folder: int, name: str) -> os.stat_result | None:
    """Return what stands under exactly that name in a folder, without following it."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None


def holds(folder: int, name: str, status: os.stat_result, known: Known) -> bool:
    """Whether a file has one of some contents, and nobody wrote to it while that was found out.

    Args:
        folder: Descriptor of the folder that it is in.
        name: Of the file; one that is gone by now has what is asked for: nothing can be lost.
        status: As :func:`look` told it.
        known: Each content's size by its SHA-256.

    Raises:
        OSError: It cannot be read, unless its rights forbid that: then its content is another.
    """
    if not stat.S_ISREG(status.st_mode) or status.st_size not in known.values():
        return False
    try:
        with os.fdopen(os.open(name, READING, dir_fd=folder), "rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return True
    except PermissionError:
        return False
    after = look(folder, name)
    same = after is None or (after.st_size, after.st_mtime_ns) == (
        status.st_size,
        status.st_mtime_ns,
    )
    return same and known.get(sha256) == status.st_size


def item(path: str, status: os.stat_result | None) -> Item | None:
    """Return a file or folder as an item; None for anything else, links among it."""
    if status is None or not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
        return None
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    return Item(path, size, datetime.fromtimestamp(status.st_mtime, UTC))


def listing(root: Path, folder: str) -> Listing:
    """List a folder; nothing where it is none.

    Raises:
        StoreUnreachableError: The root is not there.
        OSError: It cannot be read.
    """
    found: list[Item] = []
    strange: list[LeftOut] = []
    try:
        with entered(root, folder) as here, os.scandir(here) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    path, status = join(folder, entry.name), entry.stat(follow_symlinks=False)
                    one = item(path, status)
                    if one is not None:
                        found.append(one)
                    else:
                        strange.append(_strange(path, status))
    except OSError as fault:
        if fault.errno not in NOT_THERE:
            raise
    return Listing.of(folder, found, strange)


def _strange(path: str, status: os.stat_result) -> LeftOut:
    if stat.S_ISLNK(status.st_mode):
        return LeftOut(printable(path), "symlink", LINK)
    return LeftOut(printable(path), "special", "it is neither a file nor a folder")


def remove_leftovers(folder: int) -> None:
    """Remove the files in a folder whose writers were killed, or still write."""
    for name in os.listdir(folder):
        if is_leftover(name):
            with suppress(FileNotFoundError, IsADirectoryError):
                os.unlink(name, dir_fd=folder)


def _enter(here: int, name: str) -> int:
    try:
        return os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
    except FileNotFoundError:
        other = spelled(here, name)
        if other == name:
            raise
        return os.open(other, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
