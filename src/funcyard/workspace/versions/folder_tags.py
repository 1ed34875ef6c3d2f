"""What names a folder of a version with all that it holds, as a hash names a file's content.

A folder's tag is made of the names, hashes and tags of what lies in it, so it stays the same for as
long as nothing below the folder differs, whatever is changed elsewhere. The root has one, too.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from funcyard.workspace.paths import name_of, parent_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.workspace.versions.manifest import File


def folder_tags(files: Mapping[str, File], folders: Iterable[str]) -> dict[str, str]:
    """Return the tag of every folder, the root's under the empty path: 64 hexadecimal digits.

    Args:
        files: Of the version, by path.
        folders: Every folder of it, the root left out.
    """
    held: dict[str, list[str]] = {"": [], **{folder: [] for folder in folders}}
    for path, file in files.items():
        held[parent_of(path)].append(f"{name_of(path)}:{file.sha256}")
    tags: dict[str, str] = {}
    for folder in sorted(held, key=_depth, reverse=True):
        # No name holds a colon, a slash or the end of a line.
        told = "\n".join(sorted(held[folder]))
        tags[folder] = hashlib.sha256(told.encode()).hexdigest()
        if folder:
            held[parent_of(folder)].append(f"{name_of(folder)}/{tags[folder]}")
    return tags


def _depth(folder: str) -> int:
    return folder.count("/") + 1 if folder else 0
