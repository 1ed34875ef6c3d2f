"""Contents by their digest, each a file, and uploads on their way to be one."""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import uuid
from typing import IO, TYPE_CHECKING, Final

from funcyard.emulator.registries import errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

LARGEST_BLOB: Final = 8 * 1024**3
_CHUNK: Final = 256 * 1024


class Upload:
    """A content that comes in parts.

    Args:
        folder: Of uploads.
        repository: Where it goes to.

    Attributes:
        id: Its own.
        repository: Where it goes to.
        size: How many bytes have come.
    """

    def __init__(self, folder: Path, repository: str) -> None:
        self.id = str(uuid.uuid4())
        self.repository = repository
        self.size = 0
        self.path = folder / self.id
        self._hash = hashlib.sha256()
        self._file: IO[bytes] | None = self.path.open("xb", buffering=0)

    @property
    def digest(self) -> str:
        """The digest of what has come."""
        return f"sha256:{self._hash.hexdigest()}"

    def write(self, chunk: bytes) -> None:
        """Take some bytes more.

        Raises:
            RegistryError: They are too many.
        """
        if self.size + len(chunk) > LARGEST_BLOB:
            raise errors.too_large(LARGEST_BLOB)
        assert self._file is not None  # noqa: S101 - it is written to until it is closed
        self._file.write(chunk)
        self._hash.update(chunk)
        self.size += len(chunk)

    async def close(self) -> None:
        """Have on disk what has come, and take no more."""
        file, self._file = self._file, None
        if file is not None:
            await asyncio.to_thread(os.fsync, file.fileno())
            file.close()

    def discard(self) -> None:
        """Forget what has come."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
        self.path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Have on disk which files a folder holds."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


class Contents:
    """The contents of a registry.

    Args:
        folder: Where they lie.
        named: Digests of those that are somebody's; others are deleted.

    Raises:
        OSError: They cannot be read.
    """

    def __init__(self, folder: Path, named: set[str]) -> None:
        self._blobs = folder / "blobs"
        self._uploads = folder / "uploads"
        self._going: dict[str, Upload] = {}
        if self._uploads.exists():
            shutil.rmtree(self._uploads)
        self._uploads.mkdir(parents=True)
        self._blobs.mkdir(exist_ok=True)
        for path in self._blobs.iterdir():
            if f"sha256:{path.name}" not in named:
                path.unlink()

    def begin(self, repository: str) -> Upload:
        """Return a new upload."""
        made = Upload(self._uploads, repository)
        self._going[made.id] = made
        return made

    def upload(self, repository: str, identifier: str) -> Upload:
        """Return an upload that goes on.

        Raises:
            RegistryError: There is no such.
        """
        found = self._going.get(identifier)
        if found is None or found.repository != repository:
            raise errors.unknown_upload(identifier)
        return found

    async def finish(self, upload: Upload, digest: str) -> None:
        """Keep what has come, if it has that digest; else forget it.

        Raises:
            RegistryError: It has another.
        """
        if upload.digest != digest:
            self.cancel(upload)
            raise errors.bad_digest("provided digest did not match uploaded content")
        del self._going[upload.id]
        await upload.close()
        upload.path.replace(self._path(digest))
        await asyncio.to_thread(_sync, self._blobs)

    def cancel(self, upload: Upload) -> None:
        """Forget an upload."""
        self._going.pop(upload.id, None)
        upload.discard()

    def size(self, digest: str) -> int:
        """Return how many bytes a content has."""
        return self._path(digest).stat().st_size

    async def read(self, digest: str, first: int, last: int) -> AsyncIterator[bytes]:
        """Yield a content from one byte to another, both of it."""
        with self._path(digest).open("rb") as file:
            file.seek(first)
            left = last - first + 1
            while left > 0:
                chunk = await asyncio.to_thread(file.read, min(left, _CHUNK))
                if not chunk:
                    return
                left -= len(chunk)
                yield chunk

    def drop(self, digest: str) -> None:
        """Delete a content."""
        self._path(digest).unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self._blobs / digest.removeprefix("sha256:")
