"""A package as it is deployed: a ZIP file, unpacked where nothing of it can leave its folder."""

from __future__ import annotations

import errno
import lzma
import shutil
import stat
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from funcyard.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_PACKAGE: Final = 512 * 1024 * 1024
LARGEST_CONTENT: Final = 2 * 1024 * 1024 * 1024
MOST_FILES: Final = 50_000
_CHUNK: Final = 1024 * 1024
_BROKEN: Final = (
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError),
    *(zlib.error, lzma.LZMAError, ValueError),
)


class PackageError(UserError):
    """A package cannot be deployed."""

    code = "bad-package"


def unpack(package: Path, folder: Path, *, largest: int = LARGEST_CONTENT) -> None:
    """Unpack a package into a folder, which is made.

    Args:
        package: The ZIP file.
        folder: Where to; not there yet.
        largest: How many bytes there may be in it.

    Raises:
        PackageError: It is no ZIP file, holds too much, or a name in it leads elsewhere.
        OSError: The folder cannot be written to.
    """
    try:
        with zipfile.ZipFile(package) as opened:
            entries = opened.infolist()
            _check(entries, largest)
            folder.mkdir(parents=True)
            left = largest
            for entry in entries:
                left -= _write(opened, entry, folder, left)
    except _BROKEN as fault:
        raise PackageError(f"the package is no usable ZIP file: {fault}") from fault
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as fault:
        raise PackageError("the package holds a file and a folder of one name") from fault
    except OSError as fault:
        if fault.errno != errno.ENAMETOOLONG:
            raise
        raise PackageError("the package holds a name that is too long") from fault


def _check(entries: list[zipfile.ZipInfo], largest: int) -> None:
    if len(entries) > MOST_FILES:
        raise PackageError(f"the package holds {len(entries)} files; {MOST_FILES} are allowed")
    if sum(entry.file_size for entry in entries) > largest:
        raise PackageError(f"the package holds more than {largest} bytes")
    for entry in entries:
        name = entry.filename
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name[:2]:
            raise PackageError(f"the package holds a name that leads out of it: {name!r}")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
            raise PackageError(f"the package holds a link or a device: {name!r}")


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, left: int) -> int:
    """Write one entry, and return its size, whatever the directory of the file says of that."""
    path = folder / entry.filename
    if entry.is_dir():
        path.mkdir(parents=True, exist_ok=True)
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with opened.open(entry) as source, path.open("wb") as target:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > left:
                raise PackageError("the package holds more than it says")
            target.write(chunk)
    return written


def discard(folder: Path) -> None:
    """Delete a folder, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)
