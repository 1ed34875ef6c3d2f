r"""Names of shares, directories, files and metadata: which are allowed, which are the same.

The rules are those of "Naming and referencing shares, directories, files, and metadata": names of
files keep their case and are found without regard to it; ``" \ / : | < > * ?`` and control
characters, the names of devices, ``.`` and ``..`` are refused.
"""

from __future__ import annotations

import re
from typing import Final

from funcyard.emulator.files.errors import StorageError

LONGEST_NAME: Final = 255
LONGEST_PATH: Final = 2048
DEEPEST: Final = 250

_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")
_SHARE = re.compile(r"(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*")
_FORBIDDEN = re.compile(r'["\\/:|<>*?\x00-\x1f]')
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DEVICES: Final = frozenset(
    {".", "..", "PRN", "AUX", "NUL", "CON", "CLOCK$"}
    | {f"{device}{number}" for device in ("LPT", "COM") for number in range(1, 10)}
)
_LARGEST_METADATA = 8 * 1024


def is_account(name: str) -> bool:
    """Whether a storage account may be called that."""
    return _ACCOUNT.fullmatch(name) is not None


def is_share(name: str) -> bool:
    """Whether a share may be called that: a DNS label without consecutive hyphens."""
    return _SHARE.fullmatch(name) is not None


def is_entry(name: str) -> bool:
    """Whether a file or directory may be called that."""
    if not name or _FORBIDDEN.search(name) or name.upper() in _DEVICES:
        return False
    try:
        return len(name.encode("utf-16-le")) // 2 <= LONGEST_NAME
    except UnicodeEncodeError:
        return False


def fold(name: str) -> str:
    """Return what two names share where SMB holds them for the same."""
    if name.isascii():
        return name.upper()
    return "".join(upper if len(upper := one.upper()) == 1 else one for one in name)


def parts_of(path: str, *, trailing_dots: bool) -> tuple[str, ...]:
    """Return the components of a decoded path; none for the root.

    Args:
        path: Without the share; a slash at its end is dropped.
        trailing_dots: Whether dots at the end of a component are part of the name; where not,
            they are dropped, as SMB does (``x-ms-allow-trailing-dot``).

    Raises:
        StorageError: A component is no name, or the path too long or too deep.
    """
    path = path.strip("/")
    if not path:
        return ()
    parts = path.split("/")
    if not trailing_dots:
        parts = [part.rstrip(".") for part in parts]
    for part in parts:
        if not is_entry(part):
            raise StorageError("InvalidResourceName")
    if len(path) > LONGEST_PATH or len(parts) > DEEPEST:
        raise StorageError("InvalidFileOrDirectoryPathName")
    return tuple(parts)


def check_metadata(metadata: dict[str, str]) -> dict[str, str]:
    """Return metadata that may be stored.

    Raises:
        StorageError: A name is empty or no C# identifier, or all together are too large.
    """
    for name in metadata:
        if not name:
            raise StorageError("EmptyMetadataKey")
        if not _IDENTIFIER.fullmatch(name):
            raise StorageError("InvalidMetadata")
    if sum(len(name) + len(value) for name, value in metadata.items()) > _LARGEST_METADATA:
        raise StorageError("MetadataTooLarge")
    return metadata
