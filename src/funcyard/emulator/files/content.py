"""What a file's content is said to be: its type and the like, MD5, and which bytes are meant."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.files.errors import StorageError, bad_header

if TYPE_CHECKING:
    from funcyard.emulator.files.call import Staged
    from funcyard.emulator.files.request import Request
    from funcyard.emulator.files.store.records import Entry

_STORED: Final = {
    "x-ms-content-type": "Content-Type",
    "x-ms-content-encoding": "Content-Encoding",
    "x-ms-content-language": "Content-Language",
    "x-ms-cache-control": "Cache-Control",
    "x-ms-content-disposition": "Content-Disposition",
}
CONTENT_HEADERS: Final = (*_STORED, "x-ms-content-md5")
"""What a request sets them with."""

DEFAULT_TYPE: Final = "application/octet-stream"
_MD5_BYTES: Final = 16
_RANGE = re.compile(r"bytes=(\d{1,19})-(\d{0,19})")


def read_content_headers(request: Request, entry: Entry) -> None:
    """Give a file the content headers of a request; what it does not name is cleared."""
    given = {stored: request.header(name) for name, stored in _STORED.items()}
    md5 = request.header("x-ms-content-md5")
    entry.headers = {name: value for name, value in given.items() if value is not None}
    entry.md5 = md5


def content_headers(entry: Entry) -> dict[str, str]:
    """Return the content headers of an answer about the whole file."""
    said = {"Content-Type": DEFAULT_TYPE, **entry.headers}
    return {**said, "Content-MD5": entry.md5} if entry.md5 else said


def check_md5(request: Request, staged: Staged) -> None:
    """Refuse data that is not what the client says it is.

    Raises:
        StorageError: The MD5 is none, or another.
    """
    claimed = request.header("content-md5")
    if claimed is not None and _decoded_md5(claimed) != base64.b64decode(staged.md5):
        raise StorageError("Md5Mismatch", UserSpecifiedMd5=claimed, ServerCalculatedMd5=staged.md5)


def span_of(request: Request, *names: str) -> tuple[int, int | None] | None:
    """Return first and last byte of the first of these headers that is there.

    The last byte is None where the header leaves it open.

    Raises:
        StorageError: It is no range of one part.
    """
    for name in names:
        value = request.header(name)
        if value is None:
            continue
        found = _RANGE.fullmatch(value.strip())
        if found is None or (found[2] and int(found[2]) < int(found[1])):
            raise bad_header(name, value)
        return int(found[1]), int(found[2]) if found[2] else None
    return None


def _decoded_md5(text: str) -> bytes:
    try:
        digest = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != _MD5_BYTES:
        raise StorageError("InvalidMd5")
    return digest
