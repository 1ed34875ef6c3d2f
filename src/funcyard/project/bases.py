"""The merge bases, ``.funcyard/base/``: the text of each managed file as it was last generated.

One compressed file for each, named after the digests of its path and its text. Two branches that
generate different texts add different files, and a lost manifest can be made anew from the names.
Users commit the folder; texts of files with a secret are masked before they come here.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from funcyard.project.tree import OWN_FOLDER, PathBlockedError, digest, read

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FOLDER = f"{OWN_FOLDER}/base"
_LARGEST = 16 * 1024 * 1024
_NAME = re.compile(r"[0-9a-f]{16}-[0-9a-f]{32}\.z")


def base_path(path: str, sha256: str) -> str:
    """Return where, in the project, the text with digest ``sha256`` of ``path`` is kept."""
    return f"{FOLDER}/{digest(path.encode())[:16]}-{sha256[:32]}.z"


def packed(content: bytes) -> bytes:
    """Return ``content`` as it is kept."""
    return zlib.compress(content, 9)


def unpacked(content: bytes) -> bytes | None:
    """Return what was kept as ``content``, None where it is damaged or larger than 16 MiB."""
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(content, _LARGEST)
    except zlib.error:
        return None
    return text if unpacker.eof else None


def base(root: Path, path: str, sha256: str) -> bytes | None:
    """Return the text with digest ``sha256`` that was generated at ``path``.

    None where it is missing or is not what its name says.
    """
    content = _read(root, base_path(path, sha256))
    return content if content is not None and digest(content) == sha256 else None


def only_base(root: Path, path: str) -> bytes | None:
    """Return the one text known to have been generated at ``path``, None where none or several."""
    prefix = digest(path.encode())[:16]
    found = [name for name in names(root) if name.startswith(prefix)]
    if len(found) != 1:
        return None
    content = _read(root, f"{FOLDER}/{found[0]}")
    named = found[0].removesuffix(".z").partition("-")[2]
    return content if content is not None and digest(content).startswith(named) else None


def names(root: Path) -> list[str]:
    """Return the names of the kept texts, sorted."""
    folder = root / FOLDER
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(entry.name for entry in folder.iterdir() if _NAME.fullmatch(entry.name))


def unused(root: Path, wanted: Iterable[str]) -> list[str]:
    """Return the paths of kept texts that are not among the paths ``wanted``."""
    keep = set(wanted)
    return [path for name in names(root) if (path := f"{FOLDER}/{name}") not in keep]


def _read(root: Path, path: str) -> bytes | None:
    try:
        found = read(root, path)
    except PathBlockedError:
        return None
    return unpacked(found.content) if found else None
