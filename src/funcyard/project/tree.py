"""What lies on the disk below a project: read without following links, never outside of it.

Paths are relative, with POSIX separators, as in ``GeneratedFile.path``. Everything that reads or
writes a project's files on behalf of a plan goes through :func:`locate`.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from funcyard.errors import UserError

OWN_FOLDER = ".funcyard"
"""Where Funcyard keeps what it knows of a project."""


class PathBlockedError(UserError):
    """Something in the project stands where a file must be written: a link, a folder, a device."""

    code = "path-blocked"


class UnsafePathError(UserError):
    """A recorded path leads out of the project, or into what is not generated."""

    code = "unsafe-path"


class CannotWriteError(UserError):
    """The disk is full, read-only or forbidden; the message says whether anything was changed."""

    code = "cannot-write"


@dataclass(frozen=True, slots=True)
class DiskFile:
    """One regular file as it lies on the disk: its bytes and permission bits."""

    content: bytes
    mode: int

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes, in hexadecimal."""
        return digest(self.content)


def digest(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def check_path(path: str) -> str:
    """Return ``path`` when it is one that a project may hold.

    Raises:
        UnsafePathError: It is absolute, not normal, or inside ``.git``.
    """
    pure = PurePosixPath(path)
    normal = pure.as_posix() == path and not pure.is_absolute() and path != "."
    if not normal or ".." in pure.parts or pure.parts[0].lower() == ".git" or "\0" in path:
        raise UnsafePathError(f"{path!r} is not a path inside the project")
    return path


def locate(root: Path, path: str) -> Path:
    """Return where ``path`` lies below ``root``, every existing folder on the way being a folder.

    Raises:
        UnsafePathError: See :func:`check_path`.
        PathBlockedError: A part of the way is a symbolic link or no folder, or may not be searched;
            or the end of it is there and no regular file.
    """
    at = os.fspath(root)
    *folders, name = check_path(path).split("/")
    for folder in folders:
        at = f"{at}/{folder}"
        mode = _mode(at)
        if mode is None:
            return Path(root, path)
        if not stat.S_ISDIR(mode):
            raise _blocked(root, at, mode)
    at = f"{at}/{name}"
    mode = _mode(at)
    if mode is not None and not stat.S_ISREG(mode):
        raise _blocked(root, at, mode)
    return Path(at)


def read(root: Path, path: str) -> DiskFile | None:
    """Return the file at ``path``, None where there is none.

    Raises:
        UnsafePathError: See :func:`locate`.
        PathBlockedError: See :func:`locate`; also where the file cannot be read.
    """
    at = locate(root, path)
    try:
        handle = os.open(at, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise PathBlockedError(f"{path} cannot be read: {fault.strerror}") from fault
    with os.fdopen(handle, "rb") as file:
        return DiskFile(file.read(), stat.S_IMODE(os.fstat(file.fileno()).st_mode))


def _mode(path: str) -> int | None:
    try:
        return os.lstat(path).st_mode
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise PathBlockedError(f"{path} cannot be looked at: {fault.strerror}") from fault


def _blocked(root: Path, at: str, mode: int) -> PathBlockedError:
    kind = (
        "a symbolic link"
        if stat.S_ISLNK(mode)
        else "a folder"
        if stat.S_ISDIR(mode)
        else "a file"
        if stat.S_ISREG(mode)
        else "no regular file"
    )
    return PathBlockedError(
        f"{Path(at).relative_to(root).as_posix()} is {kind}, and a generated file belongs there",
        hint="move it away; Funcyard neither follows links nor replaces folders",
    )
