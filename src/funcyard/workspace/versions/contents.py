"""Contents read back from their packs, in the order that the caller needs them.

Contents that lie beside each other come in one request, several requests run ahead of the reader,
and what is held at once is bounded by both. Every content is proved by its hash before it is given
out.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from contextlib import aclosing
from dataclasses import astuple, dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError

from funcyard.azure.errors import azure_errors
from funcyard.errors import FuncyardError
from funcyard.workspace.versions.manifest import EMPTY_SHA256, Extent, Manifest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable, Iterator

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.container import VersionContainer

SPAN_BYTES: Final = 4 << 20
"""At most this much comes in one request, unless one content is larger."""

_GAP_BYTES: Final = 64 << 10
_AHEAD: Final = 4
_RANGE_REFUSED: Final = 416
_NOWHERE: Final = Extent("", 0, 0)


class ContentDamagedError(FuncyardError):
    """A stored content is gone or no longer what its hash says.

    Attributes:
        sha256: The content's hash.
    """

    code = "workspace-content-damaged"

    def __init__(self, sha256: str, reason: str) -> None:
        super().__init__(
            f"the stored content {sha256[:16]}… {reason}",
            hint="repair the workspace: funcyard workspace sync --verify",
        )
        self.sha256 = sha256


@dataclass(slots=True)
class Span:
    """What one request reads.

    Attributes:
        pack: From which pack; empty as long as nothing but the empty content is in it.
        start: The first byte's offset.
        end: The offset after the last byte.
        members: The contents in it, in the order they are wanted.
    """

    pack: str = ""
    start: int = 0
    end: int = 0
    members: list[tuple[str, Extent]] = field(default_factory=list)

    def take(self, sha256: str, extent: Extent) -> bool:
        """Add a content that lies close enough behind the others; return whether it does."""
        if extent.length:
            gap = extent.offset - self.end
            end = extent.offset + extent.length
            if not self.pack:
                self.pack, self.start = extent.pack, extent.offset
            elif (
                extent.pack != self.pack
                or not 0 <= gap <= _GAP_BYTES
                or end - self.start > SPAN_BYTES
            ):
                return False
            self.end = end
        self.members.append((sha256, extent))
        return True


def spans(wanted: Iterable[tuple[str, Extent]]) -> Iterator[Span]:
    """Yield requests for contents, neighbours together, keeping the order they are wanted in."""
    span = Span()
    for sha256, extent in wanted:
        if not span.take(sha256, extent):
            yield span
            span = Span()
            span.take(sha256, extent)
    if span.members:
        yield span


def by_place(manifest: Manifest, wanted: Iterable[str]) -> list[str]:
    """Return the wanted hashes, each once, as they lie in their packs."""
    return sorted(set(wanted), key=lambda sha256: astuple(_extent(manifest, sha256)))


class Contents:
    """Reads contents of versions.

    Args:
        container: Where they lie.
    """

    def __init__(self, container: VersionContainer) -> None:
        self._container = container

    async def read(
        self, manifest: Manifest, wanted: Iterable[str]
    ) -> AsyncGenerator[tuple[str, bytes]]:
        """Yield each wanted hash and its content, in that order.

        Close the iterator (``aclosing``) where it is left early.

        Args:
            manifest: A version that has them.
            wanted: Hashes; in the order of :func:`by_place` the fewest requests are made.

        Raises:
            ContentDamagedError: One is gone or no longer what its hash says.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        coming = spans((sha256, _extent(manifest, sha256)) for sha256 in wanted)
        ahead: deque[tuple[Span, asyncio.Task[bytes]]] = deque()
        try:
            while True:
                for span in islice(coming, _AHEAD - len(ahead)):
                    task = asyncio.create_task(self._fetch(manifest.scope, span))
                    ahead.append((span, task))
                if not ahead:
                    return
                span, task = ahead[0]
                data = memoryview(await task)
                ahead.popleft()
                for sha256, extent in span.members:
                    start = extent.offset - span.start if extent.length else 0
                    yield sha256, _proved(sha256, bytes(data[start : start + extent.length]))
        finally:
            # Not cancelled: a download that is cut off would leave its connection open.
            await asyncio.gather(*(task for _, task in ahead), return_exceptions=True)

    async def one(self, manifest: Manifest, sha256: str) -> bytes:
        """Return one content.

        Raises:
            ContentDamagedError: It is gone or no longer what its hash says.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        async with aclosing(self.read(manifest, [sha256])) as reading:
            return (await anext(reading))[1]

    async def damaged(self, manifest: Manifest) -> set[str]:
        """Return the hashes of those contents of a version that are gone or damaged.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        found: set[str] = set()
        order = by_place(manifest, manifest.contents)
        for span in spans((sha256, manifest.contents[sha256]) for sha256 in order):
            members = [sha256 for sha256, _ in span.members]
            if not await self._sound(manifest, members):
                found.update([one for one in members if not await self._sound(manifest, [one])])
        return found

    async def _sound(self, manifest: Manifest, wanted: list[str]) -> bool:
        try:
            async with aclosing(self.read(manifest, wanted)) as reading:
                async for _ in reading:
                    pass
        except ContentDamagedError:
            return False
        return True

    async def _fetch(self, scope: Scope, span: Span) -> bytes:
        if span.end == span.start:
            return b""
        blob = self._container.pack(scope, span.pack)
        with azure_errors("reading the contents of a version"):
            try:
                download = await blob.download_blob(span.start, span.end - span.start)
                return await download.readall()
            except ResourceNotFoundError as fault:
                raise ContentDamagedError(span.members[-1][0], "is gone") from fault
            except HttpResponseError as fault:
                if fault.status_code == _RANGE_REFUSED:
                    raise ContentDamagedError(span.members[-1][0], "is cut off") from fault
                raise


def _extent(manifest: Manifest, sha256: str) -> Extent:
    if sha256 == EMPTY_SHA256:
        return _NOWHERE
    return manifest.contents[sha256]


def _proved(sha256: str, content: bytes) -> bytes:
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ContentDamagedError(sha256, "is not what its hash says")
    return content
