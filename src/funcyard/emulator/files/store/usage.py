"""How many bytes the files of a share have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def usage_of(folder: Path) -> int:
    """Return the sum of the sizes of all files below a folder; links are not followed."""
    total = 0
    folders = [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as items:
                for item in items:
                    if item.is_dir(follow_symlinks=False):
                        folders.append(item.path)
                    elif item.is_file(follow_symlinks=False):
                        total += item.stat(follow_symlinks=False).st_size
        except FileNotFoundError:  # removed through the mount meanwhile
            continue
    return total
