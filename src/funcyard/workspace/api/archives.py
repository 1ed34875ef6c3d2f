"""A workspace's ZIP file, brought here whole or not at all."""

from __future__ import annotations

import zipfile
from typing import IO, TYPE_CHECKING, Final

from funcyard.workspace.api.errors import ApiUnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.workspace.api.client import ApiStream

ZIP: Final = {"Accept": "application/zip"}
PLACE: Final = "/workspace/download"


class TornArchiveError(ApiUnreachableError):
    """What came is no whole ZIP file."""

    code = "workspace-torn-archive"


def version_of(answer: ApiStream) -> str | None:
    """Return the version that an archive holds; None where there is none yet."""
    tag: str = answer.headers.get("ETag") or ""
    return tag.removeprefix("W/").strip('"').removesuffix("-stored") or None


def bring(answer: ApiStream, file: IO[bytes], came: Callable[[int], None]) -> int:
    """Write an archive to a file, and return how many bytes it has.

    Args:
        answer: That is the archive.
        file: Opened for reading and writing, where it can be looked at again; else it is believed.
        came: Told how many bytes are there by now.

    Raises:
        TornArchiveError: It has no directory at its end.
        ApiUnreachableError: It breaks off.
        OSError: The file cannot be written.
    """
    count = 0
    for piece in answer.pieces():
        file.write(piece)
        count += len(piece)
        came(count)
    if file.seekable() and not zipfile.is_zipfile(file):
        raise TornArchiveError("what came is no whole ZIP file", hint="download it again")
    return count
