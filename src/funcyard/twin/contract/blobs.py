"""Readings in cold and archive storage: blobs of many, called by device and span of time.

A blob's age is read from its name, not from when it was written: it stays right wherever a copy of
it is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .errors import ContractError
from .times import WRITTEN, read_time

if TYPE_CHECKING:
    from datetime import datetime

COLD_CONTAINER: Final = "cold-data"
ARCHIVE_CONTAINER: Final = "archive-data"

_NAME = re.compile(
    rf"(?P<device>[A-Za-z0-9][A-Za-z0-9_-]{{0,63}})/(?P<start>{WRITTEN.pattern})"
    rf"-(?P<end>{WRITTEN.pattern})/chunk-(?P<chunk>[0-9]{{5}})\.json"
)
_MOST_CHUNKS = 100_000


@dataclass(frozen=True, slots=True)
class BlobName:
    """What a blob's name says.

    Attributes:
        device: Whose readings it holds.
        start: The time of the first.
        end: The time of the last.
        chunk: Which part of that span, from 0.
    """

    device: str
    start: str
    end: str
    chunk: int = 0

    def __str__(self) -> str:
        return f"{self.device}/{self.start}-{self.end}/chunk-{self.chunk:05}.json"

    @property
    def ended(self) -> datetime:
        """When the last of its readings was made."""
        return read_time(self.end)


def name_blob(device: str, start: str, end: str, chunk: int) -> str:
    """Return what a blob is called.

    Raises:
        ContractError: That is no name that would be read again.
    """
    name = str(BlobName(device, start, end, chunk))
    if not 0 <= chunk < _MOST_CHUNKS or not _NAME.fullmatch(name) or end < start:
        raise ContractError("no name of a blob can be made of this")
    return name


def read_blob_name(name: str) -> BlobName:
    """Return what a blob's name says.

    Raises:
        ContractError: It is not one of a twin's.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise ContractError("the blob is not called as a twin's are")
    return BlobName(found["device"], found["start"], found["end"], int(found["chunk"]))
