"""What every store of files can do, so that nothing above asks where ``/workspace`` lies.

Paths are relative to the store's root, ``/`` between names, already validated by
:mod:`funcyard.workspace.paths`; the root itself is the empty string. Names that differ only by case
are one name, as on SMB. Writes are whole: a reader finds the old content or the new, also where the
writer is killed; what such a writer leaves behind is no item, and :meth:`Store.sweep` removes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from funcyard.errors import REFUSED, UNREACHABLE, FuncyardError, UserError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime, timedelta

    from funcyard.workspace.source import LeftOut


CHUNK: Final = 4 * 1024 * 1024
"""How many bytes are moved at once: the largest range that Azure Files takes."""

Known = Mapping[str, int]
"""Contents that may be lost, since they are kept elsewhere: each one's size by its SHA-256."""


class StoreError(FuncyardError):
    """The store refuses or cannot be reached, for a reason that is not the path's."""

    code = "workspace-store"


class StoreFullError(StoreError):
    """There is no room left: the disk, or the share's quota."""

    code = "workspace-full"


class StoreRefusedError(StoreError):
    """The store does not let this program do that: a key, a role, the rights of a folder."""

    code = "workspace-store-refused"
    exit_code = REFUSED


class StoreUnreachableError(StoreError):
    """The store does not answer, or broke off: trying later may help."""

    code = "workspace-store-unreachable"
    exit_code = UNREACHABLE


class ChangedWhileReadError(StoreError):
    """A file was replaced between two chunks: read it again."""

    code = "workspace-changed-while-read"


class NoSuchPathError(UserError):
    """Nothing stands at that path."""

    code = "workspace-no-such-path"


class PathTakenError(UserError):
    """Something of another kind stands at that path, or a folder is not empty."""

    code = "workspace-path-taken"


@dataclass(frozen=True, slots=True)
class Item:
    """A file or a folder of the store.

    Attributes:
        path: From the store's root; its names as they are spelled there where it was listed, as
            they were asked for where it was looked up.
        size: In bytes; None for a folder.
        modified: When its content was last written, with a time zone.
    """

    path: str
    size: int | None
    modified: datetime

    @property
    def is_directory(self) -> bool:
        """Whether it is a folder."""
        return self.size is None


class Store(Protocol):
    """A tree of files that others read while it is written.

    Every method raises a :class:`StoreError` where the store refuses or does not answer. A request
    that was repeated, because its answer was lost, may find its own work done: what it returns then
    is what the second try saw.
    """

    async def prepare(self) -> None:
        """Make the store's root where it is not there."""
        ...

    def walk(self, path: str = "", *, left_out: list[LeftOut] | None = None) -> AsyncIterator[Item]:
        """Yield everything below a folder, each folder before what it holds, in no other order.

        What is left of a write that was cut off, a link and a name that cannot be a workspace path
        are no items. A folder that is not there holds nothing.

        Args:
            path: The folder; the root where it is empty.
            left_out: Takes what no workspace can hold, by its path from the store's root.
        """
        ...

    async def stat(self, path: str) -> Item | None:
        """Return what stands at a path, None where nothing does."""
        ...

    def read(self, path: str) -> AsyncIterator[bytes]:
        """Yield a file's content in chunks of at most :data:`CHUNK` bytes, none where it is empty.

        Raises:
            NoSuchPathError: There is no such file.
            ChangedWhileReadError: Another content came between two chunks; not on a folder.
        """
        ...

    async def write(self, path: str, content: bytes, *, over: Known | None = None) -> None:
        """Write a whole file, aside and then renamed; its folder must be there.

        Args:
            path: Of the file.
            content: All of it.
            over: The contents that it may replace, each one's size by its SHA-256; None for any.

        Raises:
            NoSuchPathError: Its folder is not there, or a file stands in its place.
            PathTakenError: Something else stands there: no file, or one with another content than
                may be replaced.
            StoreFullError: There is no room; what was there before is untouched.
        """
        ...

    async def make_directory(self, path: str) -> bool:
        """Make a folder in one that exists; return whether it was made, False where it was there.

        Raises:
            NoSuchPathError: The folder it would be in is not there, or is a file.
            PathTakenError: A file stands there.
        """
        ...

    async def remove_file(self, path: str, *, only: Known | None = None) -> bool:
        """Remove a file; return whether it was there.

        Args:
            path: Of the file.
            only: The contents of which it must have one, as in :meth:`write`; None for any.

        Raises:
            PathTakenError: A folder stands there, or a file with another content.
        """
        ...

    async def move(self, path: str, to: str) -> None:
        """Move a file, a folder with all that it holds, or what is no item, a link say.

        Args:
            path: Where it is.
            to: Where nothing stands, in a folder that is there.

        Raises:
            NoSuchPathError: It is not there, or what it shall be in is not.
            PathTakenError: Something stands there.
        """
        ...

    async def remove_directory(self, path: str) -> bool:
        """Remove an empty folder; return whether it was there.

        Raises:
            PathTakenError: A file stands there, or it is not empty.
        """
        ...

    async def sweep(self, path: str = "", *, older_than: timedelta) -> int:
        """Remove what killed writers left below a folder; return how many files that were.

        Args:
            path: The folder; the root where it is empty.
            older_than: How long ago the last byte was written, at least, for a file to count as
                left behind. Zero is right only for who knows that nobody else writes.
        """
        ...

    async def flush(self) -> None:
        """Return when everything written before survives a loss of power."""
        ...

    async def close(self) -> None:
        """Give up connections; safe to call twice."""
        ...
