"""A call that was let through, and the answer to one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.emulator.files import times
from funcyard.emulator.files.errors import StorageError, unsupported_header

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.emulator.files.request import Address, Request
    from funcyard.emulator.files.sas import Grant
    from funcyard.emulator.files.store.records import Share
    from funcyard.emulator.files.store.store import Store


@dataclass(frozen=True, slots=True)
class Staged:
    """The data of a request, gathered in a file.

    Attributes:
        path: Of the file.
        size: Bytes.
        md5: Of them, in base64.
    """

    path: Path
    size: int
    md5: str


@dataclass(frozen=True, slots=True)
class Content:
    """A part of a file that is sent; the descriptor is closed when it was."""

    file: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back: status, headers in their order, and a body or a part of a file."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Content = b""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that may be carried out.

    Attributes:
        request: What came.
        address: What it is for.
        parts: Components of the path in the share.
        grant: What it may do.
        store: What everything is kept in.
        sources: Lets a URL be read that is the source of a copy or rename.
        document: Its body, where the operation takes a document.
        staged: Its body, where the operation takes data.
    """

    request: Request
    address: Address
    parts: tuple[str, ...]
    grant: Grant
    store: Store
    sources: Callable[[Call, str, str], Source]
    document: bytes = b""
    staged: Staged | None = None

    @property
    def snapshot(self) -> str:
        """The snapshot that is meant, empty for the share itself."""
        return self.request.query.get("sharesnapshot", "")

    @property
    def lease(self) -> str | None:
        """The lease id that the request holds."""
        return self.request.header("x-ms-lease-id")

    def share(self) -> Share:
        """Return the share, or the snapshot, that is meant.

        Raises:
            StorageError: There is none.
        """
        found = self.store.share(self.address.account, self.address.share or "")
        if found is None:
            raise StorageError("ShareNotFound")
        if self.snapshot:
            found = self.store.share(found.account, found.name, self.snapshot)
            if found is None:
                raise StorageError("ShareSnapshotNotFound")
        return found

    def refuse(self, *names: str) -> None:
        """Refuse headers that mean something this service does not do.

        Raises:
            StorageError: One of them is there.
        """
        for name in names:
            if self.request.header(name) is not None:
                raise unsupported_header(name)


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a copy or rename that may be read.

    Attributes:
        url: As it was given, without its signature.
        share: The share or snapshot that it is in.
        parts: Components of its path.
    """

    url: str
    share: Share
    parts: tuple[str, ...]


def changed_headers(changed: int) -> dict[str, str]:
    """Return ETag and Last-Modified of a change."""
    return {"Last-Modified": times.rfc1123(changed), "ETag": times.etag(changed)}
