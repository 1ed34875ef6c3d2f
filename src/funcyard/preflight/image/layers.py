"""The layers of an image, one over the other: which files are there in the end.

A whiteout ``.wh.NAME`` takes NAME out of the layers below, ``.wh..wh..opq`` everything in its
folder: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts. Names that lead
out of the image are passed over.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from typing_extensions import Buffer

_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"
_CHUNK = 1024 * 1024
MOST_BYTES = 64 * 1024**3
"""More than any image has."""
_MOST_MEMBERS = 5_000_000
_MOST_FILES = 200_000


class Stream(Protocol):
    """Bytes to be read one after the other."""

    def read(self, size: int, /) -> bytes:
        """Return so many bytes, fewer at the end."""


class TooLargeError(Exception):
    """An archive unpacks to more than any image holds."""


class Layers:
    """Files below one folder of an image.

    Args:
        root: The folder, absolute.
    """

    def __init__(self, root: str) -> None:
        self._root = tuple(part for part in root.split("/") if part)
        self._found: dict[tuple[str, ...], str] = {}
        self._bytes = 0
        self._members = 0

    @property
    def files(self) -> dict[str, str]:
        """Their SHA-256 by their paths in the folder, in order; empty for links and the like."""
        depth = len(self._root)
        return {
            "/".join(path[depth:]): digest
            for path, digest in sorted(self._found.items())
            if path[:depth] == self._root and len(path) > depth
        }

    @property
    def is_elsewhere(self) -> bool:
        """Whether the folder is a link, or lies below one."""
        depth = range(1, len(self._root) + 1)
        return any(self._root[:length] in self._found for length in depth)

    def add(self, stream: Stream) -> None:
        """Put a layer over those before it.

        Args:
            stream: A tar, uncompressed.

        Raises:
            TooLargeError: It holds more than any image does.
            tarfile.TarError: It is no tar.
        """
        added: dict[tuple[str, ...], str] = {}
        gone: set[tuple[str, ...]] = set()
        emptied: set[tuple[str, ...]] = set()
        with tarfile.open(fileobj=_Counted(stream, self), mode="r|") as layer:
            for member in layer:
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise TooLargeError(f"more than {_MOST_MEMBERS} files")
                path = _path(member.name)
                if path is None:
                    continue
                if path[-1] == _OPAQUE:
                    emptied.add(path[:-1])
                elif path[-1].startswith(_WHITEOUT):
                    gone.add((*path[:-1], path[-1].removeprefix(_WHITEOUT)))
                elif self._concerns(path):
                    self._take(layer, member, path, added, gone)
        below = {path: digest for path, digest in self._found.items() if path not in gone}
        self._found = {
            path: digest
            for path, digest in below.items()
            if not any(path[:depth] in gone | emptied for depth in range(len(path)))
        } | added
        if len(self._found) > _MOST_FILES:
            raise TooLargeError(f"more than {_MOST_FILES} files of one app")

    def count(self, size: int) -> None:
        """Take note of bytes that were read.

        Raises:
            TooLargeError: There were too many.
        """
        self._bytes += size
        if self._bytes > MOST_BYTES:
            raise TooLargeError(f"more than {MOST_BYTES} bytes")

    def _concerns(self, path: tuple[str, ...]) -> bool:
        """Tell whether a path lies in the folder, or is one that it lies in."""
        shorter = min(len(path), len(self._root))
        return path[:shorter] == self._root[:shorter]

    def _take(
        self,
        layer: tarfile.TarFile,
        member: tarfile.TarInfo,
        path: tuple[str, ...],
        added: dict[tuple[str, ...], str],
        gone: set[tuple[str, ...]],
    ) -> None:
        if member.isdir():
            added.pop(path, None)
            # A file of a lower layer gives way to a folder; what is in a folder stays.
            if path in self._found:
                gone.add(path)
            return
        # A folder of a lower layer gives way to a file.
        gone.add(path)
        digest = ""
        if member.isfile():
            digest = self._digest(layer, member)
        elif member.islnk():
            target = _path(member.linkname) or ()
            digest = added.get(target, self._found.get(target, ""))
        added[path] = digest

    def _digest(self, layer: tarfile.TarFile, member: tarfile.TarInfo) -> str:
        stream = layer.extractfile(member)
        digest = hashlib.sha256()
        while stream is not None and (chunk := stream.read(_CHUNK)):
            # A sparse file may be far longer than what is stored of it.
            self.count(len(chunk))
            digest.update(chunk)
        return digest.hexdigest()


class _Counted(io.RawIOBase):
    """A stream whose bytes are counted as they are read."""

    def __init__(self, stream: Stream, layers: Layers) -> None:
        self._stream = stream
        self._layers = layers

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        data = self._stream.read(len(view))
        view[: len(data)] = data
        self._layers.count(len(data))
        return len(data)


def _path(name: str) -> tuple[str, ...] | None:
    """Return a member's path in the image, None where it leads out of it or is its root."""
    parts = tuple(part for part in name.split("/") if part not in {"", "."})
    return None if not parts or ".." in parts else parts
