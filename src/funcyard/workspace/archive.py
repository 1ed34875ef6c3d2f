"""A version as a ZIP file, streamed: the same bytes for the same version, in bounded memory.

Files come sorted by path, with the time of their version. Contents are read ahead and packed in
threads while earlier ones are sent; what is held at once is bounded in bytes. Where a content turns
out to be damaged the stream ends with an error: the directory is missing then, so nobody mistakes
what they have for the whole.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import aclosing
from datetime import UTC
from typing import TYPE_CHECKING, Final

from zlib_ng import zlib_ng

from funcyard.workspace import zip_records
from funcyard.workspace.zip_records import DEFLATED, STORED, Entry

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from funcyard.workspace.versions.contents import Contents
    from funcyard.workspace.versions.manifest import Manifest

CONTENT_TYPE: Final = "application/zip"
LEVEL: Final = 6
_HELD: Final = 8 << 20
"""Bytes of contents that are packed ahead."""

_PIECE: Final = 256 << 10
_RAW: Final = -zlib_ng.MAX_WBITS

Packed = tuple[int, int, bytes]
"""Method, checksum of the content, and what stands in the archive."""


def names(manifest: Manifest | None) -> list[tuple[str, str]]:
    """Return each entry's name and its content's hash, empty for a folder that holds nothing."""
    if manifest is None:
        return []
    found = [(path, file.sha256) for path, file in manifest.files.items()]
    return sorted([*found, *((f"{path}/", "") for path in manifest.directories)])


def stored_length(manifest: Manifest | None) -> int:
    """Return how long the archive of a version is where nothing is compressed."""
    files = {} if manifest is None else manifest.files
    return zip_records.stored_length(
        (name, files[name].size if sha256 else 0) for name, sha256 in names(manifest)
    )


async def archive(
    contents: Contents, manifest: Manifest | None, *, stored: bool = False
) -> AsyncGenerator[bytes]:
    """Yield the archive of a version in pieces. Close it (``aclosing``) where it is left early.

    Args:
        contents: Where contents are read.
        manifest: The version; None for the empty one.
        stored: Whether nothing is compressed, so that the length is known before.

    Raises:
        ContentDamagedError: A stored content is damaged: the archive is incomplete.
        AzureFailedError: Storage refuses or cannot be reached: the archive is incomplete.
    """
    if manifest is None:
        yield zip_records.end(0, 0, 0)
        return
    moment = manifest.created.astimezone(UTC)
    entries: list[Entry] = []
    offset = 0
    piece = bytearray()
    async with aclosing(_packed(contents, manifest, stored=stored)) as packing:
        async for name, size, (method, checksum, data) in packing:
            entry = Entry(name, method, checksum, len(data), size, offset)
            entries.append(entry)
            header = zip_records.local_header(entry, moment)
            offset += len(header) + len(data)
            piece += header
            piece += data
            if len(piece) >= _PIECE:
                yield bytes(piece)
                piece.clear()
    start = offset
    for entry in entries:
        record = zip_records.central_header(entry, moment)
        offset += len(record)
        piece += record
        if len(piece) >= _PIECE:
            yield bytes(piece)
            piece.clear()
    piece += zip_records.end(len(entries), start, offset - start)
    yield bytes(piece)


async def _packed(
    contents: Contents, manifest: Manifest, *, stored: bool
) -> AsyncGenerator[tuple[str, int, Packed]]:
    """Yield each entry's name, size and what it is in the archive, in order."""
    ahead: deque[tuple[str, int, asyncio.Task[Packed]]] = deque()
    held = 0
    order = names(manifest)
    reading = contents.read(manifest, (sha256 for _, sha256 in order if sha256))
    try:
        async with aclosing(reading):
            for name, sha256 in order:
                content = (await anext(reading))[1] if sha256 else b""
                work = asyncio.to_thread(_pack, content, stored=stored)
                ahead.append((name, len(content), asyncio.create_task(work)))
                held += len(content)
                while ahead and (held > _HELD or ahead[0][2].done()):
                    first, size, task = ahead.popleft()
                    held -= size
                    yield first, size, await task
            while ahead:
                first, size, task = ahead.popleft()
                yield first, size, await task
    finally:
        await asyncio.gather(*(task for _, _, task in ahead), return_exceptions=True)


def _pack(content: bytes, *, stored: bool) -> Packed:
    checksum = zlib_ng.crc32(content)
    if not stored and content:
        packing = zlib_ng.compressobj(LEVEL, zlib_ng.DEFLATED, _RAW)
        data = packing.compress(content) + packing.flush()
        if len(data) < len(content):
            return DEFLATED, checksum, data
    return STORED, checksum, content
