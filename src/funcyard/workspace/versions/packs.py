"""Packs: the new contents of a version, one after another in one block blob.

A push that changes ten files costs one upload, not ten. Contents go through a buffer of a few
megabytes; what is longer is staged block by block and becomes a blob only at the end, so nobody
ever sees half a pack, and one that is given up vanishes by itself (Azure drops blocks that were not
committed within a week).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import uuid
from io import BytesIO
from typing import TYPE_CHECKING, Final, Self

from azure.storage.blob import BlobBlock

from funcyard.azure.errors import azure_errors
from funcyard.workspace.versions.manifest import EMPTY_SHA256, Extent

if TYPE_CHECKING:
    from azure.storage.blob.aio import BlobClient

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.container import VersionContainer

BLOCK_BYTES: Final = 8 << 20
"""What is uploaded at once, and how much is held for it."""

_IN_FLIGHT: Final = 2
_AT_ONCE: Final = 1 << 20  # more at once would keep the event loop from others
_DOING: Final = "storing the contents of a version"


class PackWriter:
    """Writes one pack; ``async with`` it, and :meth:`finish` inside.

    Args:
        container: Where to.
        scope: Whose.
    """

    def __init__(self, container: VersionContainer, scope: Scope) -> None:
        self.id = uuid.uuid4().hex
        self.size = 0
        self.extents: dict[str, Extent] = {}
        self._container = container
        self._blob: BlobClient = container.pack(scope, self.id)
        self._buffer = bytearray()
        self._staging: list[asyncio.Task[None]] = []
        self._blocks: list[str] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._staging:
            task.cancel()
        await asyncio.gather(*self._staging, return_exceptions=True)

    async def add(self, content: bytes) -> str:
        """Append a content, once, and return its hash.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 == EMPTY_SHA256 or sha256 in self.extents:
            return sha256
        self.extents[sha256] = Extent(self.id, self.size, len(content))
        self.size += len(content)
        self._buffer += content
        while len(self._buffer) >= 2 * BLOCK_BYTES:
            await self._stage(BLOCK_BYTES)
        return sha256

    async def finish(self) -> None:
        """Make the pack readable; without a content there is none.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        if not self.size:
            return
        await self._container.ensure()
        if not self._blocks and self.size <= _AT_ONCE:
            with azure_errors(_DOING):
                await self._blob.upload_blob(bytes(self._buffer), overwrite=True)
            return
        while self._buffer:
            await self._stage(BLOCK_BYTES)
        with azure_errors(_DOING):
            await asyncio.gather(*self._staging)
            await self._blob.commit_block_list([BlobBlock(block_id=one) for one in self._blocks])

    async def _stage(self, size: int) -> None:
        """Upload the first bytes of the buffer beside the blocks that are on their way."""
        await self._container.ensure()
        part = bytes(self._buffer[:size])
        del self._buffer[:size]
        block = base64.b64encode(f"{len(self._blocks):08d}".encode()).decode()
        self._blocks.append(block)
        running = [task for task in self._staging if not task.done()]
        with azure_errors(_DOING):
            for task in self._staging:
                if task.done():
                    task.result()
            if len(running) >= _IN_FLIGHT:
                await running[0]
        self._staging = [task for task in self._staging if not task.done()]
        self._staging.append(asyncio.create_task(self._upload(block, part)))

    async def _upload(self, block: str, part: bytes) -> None:
        await self._blob.stage_block(block, BytesIO(part), len(part))
