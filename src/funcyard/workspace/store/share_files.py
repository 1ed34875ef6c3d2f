"""Contents of files on a share: read range by range, written aside, put where they belong.

A request that failed on its way is repeated by the client (:mod:`funcyard.azure.retries`), one
whose answer broke off here. All of them can be, save one: a rename whose answer was lost finds its
source gone. Then the target is looked at, and where it has this content the rename was done.
"""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import (
    AzureError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceResponseError,
)
from azure.storage.fileshare import ContentSettings

from funcyard.azure.errors import error_code
from funcyard.azure.retries import RETRIES, pause_seconds
from funcyard.workspace.store.base import CHUNK
from funcyard.workspace.store.share_errors import broke_off, nothing_there

if TYPE_CHECKING:
    from azure.storage.fileshare.aio import ShareFileClient

    from funcyard.workspace.store.base import Known

# Azure takes 4 MiB; aiohttp sends no more than this without a pause for others.
_AT_ONCE: Final = 1024 * 1024
_NOT_A_RANGE: Final = "InvalidRange"


async def read_range(file: ShareFileClient, offset: int) -> tuple[bytes, int, str]:
    """Return a range of a file, the whole file's length, and the ETag it has."""
    retry = 0
    while True:
        try:
            download = await file.download_file(offset=offset, length=CHUNK)
            content = await download.readall()
        except (HttpResponseError, ServiceResponseError) as fault:
            if error_code(fault) == _NOT_A_RANGE:  # an empty file, or one that is shorter now
                return b"", offset, (await file.get_file_properties()).etag
            # The client repeats requests, but not an answer whose body breaks off.
            retry += 1
            if retry > RETRIES or not broke_off(fault):
                raise
            await asyncio.sleep(pause_seconds(retry))
        else:
            properties = download.properties
            whole = (properties.content_range or "").rpartition("/")[2]
            return content, int(whole), properties.etag


async def fill(file: ShareFileClient, content: bytes, digest: bytes) -> None:
    """Make a file of some content, with its MD5 as other clients note it."""
    size = len(content)
    small = content if 0 < size <= _AT_ONCE else None
    settings = ContentSettings(content_md5=bytearray(digest))
    # With its first bytes since version 2026-02-06 of the interface.
    await file.create_file(size, content_settings=settings, data=small)
    if small is None:
        for offset in range(0, size, CHUNK):
            length = min(CHUNK, size - offset)
            # A body that can be rewound, for repetitions, and is sent piece by piece.
            part = BytesIO(content[offset : offset + length])
            await file.upload_range(part, offset, length)  # type: ignore[arg-type]


async def holds(file: ShareFileClient, known: Known) -> bool:
    """Whether there is a file that has one of some contents."""
    digest, offset, first = hashlib.sha256(), 0, ""
    while known:
        try:
            content, whole, etag = await read_range(file, offset)
        except HttpResponseError as fault:
            if not nothing_there(fault):
                raise
            return False
        if whole not in known.values() or first not in {"", etag}:
            return False
        first = etag
        digest.update(content)
        offset += len(content)
        if offset >= whole:
            return known.get(digest.hexdigest()) == whole
    return False


async def rename(
    aside: ShareFileClient, target: ShareFileClient, path: str, digest: bytes, *, overwrite: bool
) -> None:
    """Put a file that was written aside where it belongs.

    Args:
        aside: The file.
        target: What it becomes.
        path: The target's, from the share's root.
        digest: The MD5 of its content.
        overwrite: Whether a file that stands there is replaced.
    """
    try:
        await aside.rename_file(path, overwrite=overwrite, ignore_read_only=overwrite)
    except ResourceNotFoundError:
        if not await _has(target, digest):
            raise


async def forget(file: ShareFileClient) -> None:
    """Remove a file that was written aside, if that can be done; a sweep will otherwise."""
    with suppress(AzureError):
        await file.delete_file()


async def _has(file: ShareFileClient, digest: bytes) -> bool:
    with suppress(ResourceNotFoundError):
        properties = await file.get_file_properties()
        return bytes(properties.content_settings.content_md5 or b"") == digest
    return False
