"""Copies of files and of whole shares, made inside the kernel and with their holes kept."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from funcyard.emulator.files.store import spans

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_BLOCK = 1 << 20


def copy_data(source: int, target: Path) -> None:
    """Copy a file's content to a new file."""
    with target.open("xb") as new:
        os.ftruncate(new.fileno(), os.fstat(source).st_size)
        for first, last in spans.on_disk(source):
            _copy_span(source, new.fileno(), first, last)


def copy_tree(source: Path, target: Path) -> dict[str, int]:
    """Copy a share's folder to a new folder, with modification times, links and the like left out.

    Returns:
        The number that each copied file and directory has in the source, by relative path.
    """
    target.mkdir(parents=True)
    numbers: dict[str, int] = {}
    folder = os.open(source, _FOLDER)
    try:
        _copy_folder(folder, target, "", numbers)
    finally:
        os.close(folder)
    return numbers


def _copy_folder(folder: int, target: Path, way: str, numbers: dict[str, int]) -> None:
    for name in os.listdir(folder):
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                inner = os.open(name, _FOLDER, dir_fd=folder)
            elif stat.S_ISREG(status.st_mode):
                inner = os.open(name, _FILE, dir_fd=folder)
            else:
                continue
        except FileNotFoundError:  # removed through the mount meanwhile
            continue
        numbers[f"{way}{name}"] = status.st_ino
        try:
            if stat.S_ISDIR(status.st_mode):
                (target / name).mkdir()
                _copy_folder(inner, target / name, f"{way}{name}/", numbers)
            else:
                copy_data(inner, target / name)
        finally:
            os.close(inner)
        os.utime(target / name, ns=(status.st_mtime_ns, status.st_mtime_ns))


def _copy_span(source: int, target: int, first: int, last: int) -> None:
    offset = first
    while offset <= last:
        wanted = last + 1 - offset
        try:
            done = os.copy_file_range(source, target, wanted, offset, offset)
        except (AttributeError, OSError):  # not on macOS, not between these file systems
            block = os.pread(source, min(_BLOCK, wanted), offset)
            done = os.pwrite(target, block, offset)
        if done == 0:  # cut short through the mount meanwhile
            return
        offset += done
