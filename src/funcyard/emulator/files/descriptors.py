"""Security descriptors: kept per share under a key, as SDDL; nothing here enforces them."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.files.errors import StorageError, unsupported_header

if TYPE_CHECKING:
    from funcyard.emulator.files.request import Request
    from funcyard.emulator.files.store.store import Store

INHERITED: Final = (
    "O:SYG:SYD:(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;OICIID;0x1301bf;;;AU)(A;OICIID;0x1200a9;;;BU)"
)
"""What a file has that was given none: what the share's root hands down."""

LONGEST_HEADER: Final = 8 * 1024
_SDDL = re.compile(
    r"(?:O:[A-Z0-9-]+?)?(?:G:[A-Z0-9-]+?)?"
    r"(?:D:[A-Z_]*(?:\([^()]*\))*)?(?:S:[A-Z_]*(?:\([^()]*\))*)?",
    re.IGNORECASE,
)


def keep(store: Store, share: int, descriptor: str) -> str:
    """Keep a descriptor and return its key, the same for the same descriptor.

    Raises:
        StorageError: It is no SDDL.
    """
    if not descriptor or not _SDDL.fullmatch(descriptor):
        raise StorageError("FileInvalidPermission")
    key = key_of(descriptor)
    with store.database.transaction():
        store.database.put_permission(share, key, descriptor)
    return key


def key_of(descriptor: str) -> str:
    """Return the key of a descriptor."""
    digest = hashlib.sha256(descriptor.encode()).digest()
    return f"{int.from_bytes(digest[:8], 'big')}*{int.from_bytes(digest[8:16], 'big')}"


def find(store: Store, share: int, key: str) -> str:
    """Return a descriptor by its key.

    Raises:
        StorageError: The share has none of that key.
    """
    if key == key_of(INHERITED):
        return INHERITED
    found = store.database.permission(share, key)
    if found is None:
        raise StorageError("FileInvalidPermissionKey")
    return found


def asked_for(store: Store, share: int, request: Request, current: str | None) -> str:
    """Return the key of the descriptor that a request gives a file.

    Args:
        store: Where descriptors are kept.
        share: The share's number.
        request: With ``x-ms-file-permission`` or ``x-ms-file-permission-key``, or neither.
        current: The key that the file has, None for a new one.

    Raises:
        StorageError: Both are given, or what is given is wrong.
    """
    descriptor = request.header("x-ms-file-permission")
    key = request.header("x-ms-file-permission-key")
    if descriptor is not None and key is not None:
        raise StorageError("InvalidInput")
    check_format(request)
    kept = current if current is not None else key_of(INHERITED)
    if key is not None:
        if key.lower() == "preserve":
            return kept
        find(store, share, key)
        return key
    if descriptor is None or descriptor.lower() == "preserve":
        return kept
    if descriptor.lower() == "inherit":
        return key_of(INHERITED)
    if len(descriptor) > LONGEST_HEADER:
        raise StorageError("FileInvalidPermission")
    return keep(store, share, descriptor)


def check_format(request: Request) -> None:
    """Refuse the binary form of descriptors, which is not known here."""
    form = request.header("x-ms-file-permission-format")
    if form is not None and form.lower() != "sddl":
        raise unsupported_header("x-ms-file-permission-format")
