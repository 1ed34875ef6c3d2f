"""Files of somebody else's folder, read only where they are files.

Opening a pipe waits for a writer that may never come, and opening a device may do anything; a
folder that is looked at may hold either under any name.
"""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import BufferedReader
    from pathlib import Path


def is_file(path: Path) -> bool:
    """Tell whether there is a regular file; no path is too long or too odd to be asked for."""
    return _is(path, stat.S_ISREG)


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; see :func:`is_file`."""
    return _is(path, stat.S_ISDIR)


def read_text(path: Path, encoding: str = "utf-8", errors: str = "strict") -> str:
    """Return a file's text, with line breaks as they are in Python.

    Raises:
        OSError: There is no such file, it cannot be read, or it is a pipe, a socket, a device.
        UnicodeDecodeError: It is not text in that encoding.
    """
    _refuse_others(path)
    return path.read_text(encoding=encoding, errors=errors)


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: There is no such file, it cannot be read, or it is a pipe, a socket, a device.
    """
    _refuse_others(path)
    return path.read_bytes()


def open_bytes(path: Path) -> BufferedReader:
    """Open a file to read its bytes.

    Raises:
        OSError: There is no such file, it cannot be read, or it is a pipe, a socket, a device.
    """
    _refuse_others(path)
    return path.open("rb")


def _is(path: Path, kind: Callable[[int], bool]) -> bool:
    try:
        return kind(path.stat().st_mode)
    except (OSError, ValueError):  # a null byte is no OSError
        return False


def _refuse_others(path: Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is no regular file", str(path))
