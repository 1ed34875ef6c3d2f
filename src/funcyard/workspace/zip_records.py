"""The records of a ZIP file whose entries are known whole before they are written.

APPNOTE.TXT 6.3.10, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT. Names are UTF-8
(flag 11), sizes and checksum stand in each local header, so no data descriptor is needed, and ZIP64
is used exactly where a number does not fit.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

STORED: Final = 0
DEFLATED: Final = 8

_UTF8: Final = 1 << 11
_UNIX: Final = 3 << 8
_OLD: Final = 20
_ZIP64: Final = 45
_MOST_32: Final = 0xFFFFFFFF
_MOST_16: Final = 0xFFFF
_FILE: Final = 0o100644 << 16
_FOLDER: Final = (0o040755 << 16) | 0x10
_FIRST_YEAR: Final = 1980
_LAST_YEAR: Final = 2107

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR: Final = struct.Struct("<4sLQL")
_EXTRA_OFFSET: Final = struct.Struct("<2HQ")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder of the archive; each is smaller than 4 GiB.

    Attributes:
        name: Its path; a folder's ends with a slash.
        method: ``STORED`` or ``DEFLATED``.
        checksum: CRC-32 of its content.
        packed: Its size in the archive.
        size: Its size.
        offset: Of its local header.
    """

    name: str
    method: int
    checksum: int
    packed: int
    size: int
    offset: int


def local_header(entry: Entry, moment: datetime) -> bytes:
    """Return what stands before an entry's content."""
    name = entry.name.encode()
    fields = (_OLD, _UTF8, entry.method, *_dos(moment), entry.checksum, entry.packed, entry.size)
    return _LOCAL.pack(b"PK\3\4", *fields, len(name), 0) + name


def central_header(entry: Entry, moment: datetime) -> bytes:
    """Return an entry of the directory at the end."""
    name = entry.name.encode()
    far = entry.offset >= _MOST_32
    extra = _EXTRA_OFFSET.pack(1, 8, entry.offset) if far else b""
    version = _ZIP64 if far else _OLD
    kind = (_UNIX | version, version, _UTF8, entry.method, *_dos(moment))
    sizes = (entry.checksum, entry.packed, entry.size, len(name), len(extra), 0, 0, 0)
    attributes = _FOLDER if entry.name.endswith("/") else _FILE
    offset = _MOST_32 if far else entry.offset
    return _CENTRAL.pack(b"PK\1\2", *kind, *sizes, attributes, offset) + name + extra


def end(count: int, start: int, length: int) -> bytes:
    """Return what stands behind the directory.

    Args:
        count: Of entries.
        start: The directory's offset.
        length: Its length in bytes.
    """
    records = b""
    if count >= _MOST_16 or start >= _MOST_32 or length >= _MOST_32:
        records = _END_64.pack(
            *(b"PK\6\6", _END_64.size - 12, _UNIX | _ZIP64, _ZIP64, 0, 0),
            *(count, count, length, start),
        )
        records += _LOCATOR.pack(b"PK\6\7", 0, start + length, 1)
    few = min(count, _MOST_16)
    place = (min(length, _MOST_32), min(start, _MOST_32))
    return records + _END.pack(b"PK\5\6", 0, 0, few, few, *place, 0)


def stored_length(entries: Iterable[tuple[str, int]]) -> int:
    """Return how long an archive is whose entries, by name and size in its order, are stored."""
    offset = directory = count = 0
    for name, size in entries:
        length = len(name.encode())
        directory += _CENTRAL.size + length
        directory += _EXTRA_OFFSET.size if offset >= _MOST_32 else 0
        offset += _LOCAL.size + length + size
        count += 1
    return offset + directory + len(end(count, offset, directory))


def _dos(moment: datetime) -> tuple[int, int]:
    """Return time and date as DOS told them: from 1980 on, to two seconds."""
    if moment.year < _FIRST_YEAR:
        return 0, 0x21
    year = min(moment.year, _LAST_YEAR)
    time = moment.hour << 11 | moment.minute << 5 | moment.second >> 1
    return time, (year - _FIRST_YEAR) << 9 | moment.month << 5 | moment.day
