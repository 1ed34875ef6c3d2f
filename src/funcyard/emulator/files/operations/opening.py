"""What a call is about, opened: the share, the place in its folder, and what is known of it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.emulator.files import leases, smb
from funcyard.emulator.files.errors import StorageError
from funcyard.emulator.files.store import spans, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.emulator.files.call import Call
    from funcyard.emulator.files.store.records import Entry, Share
    from funcyard.emulator.files.store.store import Store
    from funcyard.emulator.files.store.tree import Place


@dataclass(frozen=True, slots=True)
class Opened:
    """A file or directory that is there.

    Attributes:
        share: The share or snapshot that it is in.
        place: Where it is, lent.
        entry: What is known of it.
    """

    share: Share
    place: Place
    entry: Entry

    @property
    def inode(self) -> int:
        """Its number in the file system."""
        return self.place.status.st_ino if self.place.status else 0

    @property
    def identity(self) -> int:
        """What a client knows it by; the root of a share is 0."""
        return self.entry.identity or (self.inode if self.place.path else 0)

    @property
    def size(self) -> int:
        """Bytes."""
        return self.place.status.st_size if self.place.status else 0


@contextmanager
def opened(
    store: Store, share: Share, parts: tuple[str, ...], *, directory: bool, reads: bool
) -> Iterator[Opened]:
    """Lend what is at a path.

    Args:
        store: Where it is kept.
        share: The share or snapshot.
        parts: Components of the path.
        directory: Whether it must be a directory; otherwise it must be a file.
        reads: Whether it is only read: what is of the other kind is then simply not there.

    Raises:
        StorageError: It is not there, or of the other kind.
    """
    with tree.find(store.folder(share), parts) as place:
        if place.status is None or place.is_other:
            raise StorageError("ResourceNotFound")
        if place.is_directory != directory:
            raise StorageError("ResourceNotFound" if reads else "ResourceTypeMismatch")
        yield Opened(share, place, known(store, share, place))


def known(store: Store, share: Share, place: Place) -> Entry:
    """Return what is known of what is there, also where it was made through the mount."""
    assert place.status is not None  # noqa: S101 - asked for what is there
    entry = store.database.entry(share.number, place.folded)
    if entry is None:
        return smb.adopted(place.status, directory=place.is_directory)
    return entry if place.is_directory else smb.refreshed(entry, place.status)


@contextmanager
def a_file(call: Call, *, reads: bool = False) -> Iterator[Opened]:
    """Lend the file that a call is about, its lease checked.

    Raises:
        StorageError: It is not there, no file, leased, or cannot be written in a snapshot.
    """
    with opened(call.store, call.share(), call.parts, directory=False, reads=reads) as found:
        leases.check(found.entry.lease, call.store.now(), call.lease, "File", writes=not reads)
        yield found


@contextmanager
def a_directory(call: Call, *, reads: bool = False) -> Iterator[Opened]:
    """Lend the directory that a call is about.

    Raises:
        StorageError: It is not there or no directory.
    """
    with opened(call.store, call.share(), call.parts, directory=True, reads=reads) as found:
        yield found


def check_writable(entry: Entry) -> None:
    """Refuse to write what is marked as read-only.

    Raises:
        StorageError: It is.
    """
    if smb.is_read_only(entry):
        raise StorageError("ReadOnlyAttribute")


def ranges_of(found: Opened) -> list[spans.Span]:
    """Return the valid ranges of a file: those that were written here, or what is no hole."""
    if found.entry.ranges is not None:
        return found.entry.ranges
    file = tree.open_file(found.place)
    try:
        return spans.on_disk(file)
    finally:
        os.close(file)
