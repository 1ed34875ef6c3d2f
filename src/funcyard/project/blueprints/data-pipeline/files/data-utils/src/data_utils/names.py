"""Which names are allowed. A name becomes a blob path, a table key and part of an address.

A file is named as in ``raw``: ``airports.csv``. A chunk is named after its file, the version of the
file it was cut from and its number: ``airports.csv/1f0c…/00001.csv``. There is no other form, so no
name can lead out of its container or into another file's chunks.
"""

import re
from dataclasses import dataclass

from data_utils.errors import InputError

VERSION_LENGTH = 16

_FILE = r"[A-Za-z0-9_](?:[A-Za-z0-9 ._-]{0,126}[A-Za-z0-9_-])?"
_IS_FILE = re.compile(_FILE)
_IS_CHUNK = re.compile(
    rf"(?P<file>{_FILE})/(?P<version>[0-9a-f]{{{VERSION_LENGTH}}})/(?P<number>[0-9]{{5,9}})\.csv"
)


@dataclass(frozen=True)
class ChunkName:
    """The three parts of a chunk's name."""

    file: str
    version: str
    number: int

    def __str__(self) -> str:
        return f"{self.file}/{self.version}/{self.number:05d}.csv"


def file_name(name: str) -> str:
    """Return the name if it may name a file.

    Raises:
        InputError: It may not.
    """
    if not _IS_FILE.fullmatch(name):
        raise InputError(
            f"{name[:200]!r} is no file name: up to 128 letters, digits, spaces and . _ -, "
            "no folder, beginning with a letter, digit or _, ending with one of those or -",
            code="bad-filename",
        )
    return name


def chunk_name(name: str) -> ChunkName | None:
    """Return the parts of a chunk's name, or None where it names a whole file.

    Raises:
        InputError: It may name neither.
    """
    match = _IS_CHUNK.fullmatch(name)
    if not match:
        file_name(name)
        return None
    parts = ChunkName(match["file"], match["version"], int(match["number"]))
    if str(parts) != name or parts.number == 0:
        raise InputError(f"{name!r} is no chunk name: {parts} is", code="bad-filename")
    return parts
