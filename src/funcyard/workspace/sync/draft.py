"""A version in the making: its new contents go into a pack, then the manifest, then the row.

Nothing of it can be seen before the row is changed, which succeeds only for whoever still holds the
lease. A draft that is given up leaves blobs behind that no version names; retention clears them.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Self

from funcyard.workspace.versions.consolidation import live_bytes, to_rewrite
from funcyard.workspace.versions.contents import ContentDamagedError, by_place
from funcyard.workspace.versions.manifest import Extent, File, Manifest
from funcyard.workspace.versions.packs import PackWriter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from funcyard.workspace.versions.lease import Lease
    from funcyard.workspace.versions.name import VersionName
    from funcyard.workspace.versions.origin import Origin
    from funcyard.workspace.versions.storage import Versions

_FRESH_BYTES: Final = 8 << 20


@dataclass(frozen=True, slots=True)
class Published:
    """A version that runs now.

    Attributes:
        name: Its name.
        manifest: What it holds.
        stored: Bytes of content that were new.
        fresh: Some of the new contents by hash, so that the view need not read them back.
    """

    name: VersionName
    manifest: Manifest
    stored: int
    fresh: Mapping[str, bytes]


class Draft:
    """The next version of a scope; ``async with`` it.

    Args:
        versions: Where versions are kept.
        lease: The scope's, held.
        sources: Versions whose contents it may take over, the first where both have one.
        distrusted: Hashes of contents that it does not, because they are damaged.
    """

    def __init__(
        self,
        versions: Versions,
        lease: Lease,
        sources: Sequence[Manifest] = (),
        distrusted: Collection[str] = (),
    ) -> None:
        self._versions = versions
        self._lease = lease
        self._distrusted = distrusted
        self._sources = sources
        self._pack = PackWriter(versions.container, lease.state.scope)
        self._fresh: dict[str, bytes] = {}
        self._fresh_bytes = 0

    async def __aenter__(self) -> Self:
        await self._pack.__aenter__()
        return self

    async def __aexit__(self, *fault: object) -> None:
        await self._pack.__aexit__(*fault)

    async def content(self, content: bytes, object_id: str | None = None) -> File:
        """Take a content in, where it is not stored yet, and return the file that has it.

        Args:
            content: The whole of it.
            object_id: Git's id of it, computed where it is not given.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        self._lease.check()
        sha256 = hashlib.sha256(content).hexdigest()
        if self._stored(sha256) is None:
            await self._pack.add(content)
            if self._fresh_bytes + len(content) <= _FRESH_BYTES:
                self._fresh[sha256] = content
                self._fresh_bytes += len(content)
        return File(sha256, len(content), object_id or git_object_id(content))

    async def publish(
        self, files: Mapping[str, File], directories: tuple[str, ...], origin: Origin
    ) -> Published:
        """Make the version current.

        Args:
            files: All of its files, by path.
            directories: Those of its folders that hold nothing, sorted.
            origin: Where it comes from.

        Raises:
            TreeError: These files make no version.
            LeaseLostError: The lease was lost; the version is not published and never will be.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        state, stored = self._lease.state, self._pack.size
        needed = {file.sha256 for file in files.values() if file.size}
        await self._rewrite(needed)
        extents = {sha256: self._place(sha256) for sha256 in needed}
        sizes = self._sizes()
        manifest = Manifest(
            scope=state.scope,
            number=state.next_number,
            parent=state.current,
            created=datetime.now(UTC),
            origin=origin,
            files=files,
            directories=directories,
            contents=extents,
            packs={extent.pack: sizes[extent.pack] for extent in extents.values()},
        )
        self._lease.check()
        finishing = asyncio.create_task(self._pack.finish())
        try:
            name = await self._versions.library.save(manifest)
        finally:
            await finishing
        await self._lease.change(state.after(name, manifest))
        return Published(name, manifest, stored, self._fresh)

    async def _rewrite(self, needed: set[str]) -> None:
        """Take along what lies in packs that are mostly dead or too many."""
        old = {
            sha256: extent
            for sha256 in needed - self._pack.extents.keys()
            if (extent := self._stored(sha256)) is not None
        }
        sizes = self._sizes()
        packs = {pack: sizes[pack] for pack in live_bytes(old.values())}
        moving = to_rewrite(old, packs)
        with suppress(ContentDamagedError):  # what cannot be moved is told by who needs it
            await self._take_along({one for one in old if old[one].pack in moving})

    async def _take_along(self, moving: set[str]) -> None:
        for source in self._sources:
            mine = {
                sha256
                for sha256 in moving - self._pack.extents.keys()
                if source.contents.get(sha256) == self._stored(sha256)
            }
            reading = self._versions.contents.read(source, by_place(source, mine))
            async with aclosing(reading):
                async for _, content in reading:
                    self._lease.check()
                    await self._pack.add(content)

    def _sizes(self) -> dict[str, int]:
        sizes = {self._pack.id: self._pack.size}
        for source in self._sources:
            sizes.update(source.packs)
        return sizes

    def _stored(self, sha256: str) -> Extent | None:
        if sha256 in self._distrusted:
            return None
        for source in self._sources:
            if (extent := source.contents.get(sha256)) is not None:
                return extent
        return None

    def _place(self, sha256: str) -> Extent:
        extent = self._pack.extents.get(sha256) or self._stored(sha256)
        if extent is None:
            raise ValueError(f"nobody stored the content {sha256}")
        return extent


def git_object_id(content: bytes) -> str:
    """Return the id that Git gives a content, so that a later push of it moves nothing."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
