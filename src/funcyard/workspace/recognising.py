"""Whether what lies at some places of a mounted folder is what a version holds there.

So the platform recognises its own writes when it is told of them, by looking at nothing else.
Everything here blocks and is called in threads.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from funcyard.workspace.paths import PLATFORM_FOLDERS, fold, is_leftover
from funcyard.workspace.versions.tree import folders_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from funcyard.workspace.versions.manifest import Manifest

_CHUNK: Final = 1 << 20


class Recognition:
    """A version, held against a scope's root in a folder.

    Args:
        root: The scope's root.
        manifest: The version; None for the empty one.
    """

    def __init__(self, root: Path, manifest: Manifest | None) -> None:
        self._root = root
        self._files = {} if manifest is None else manifest.files
        self._directories = () if manifest is None else manifest.directories

    def of(self, paths: Iterable[str]) -> bool:
        """Whether at each of the paths there is what the version holds there, folders with all.

        Args:
            paths: From the root. Those in the platform's own folders are not looked at.

        Raises:
            OSError: One cannot be read.
        """
        return all(
            self._is_as_held(path)
            for path in paths
            if fold(path.partition("/")[0]) not in PLATFORM_FOLDERS
        )

    def _is_as_held(self, path: str) -> bool:
        place = self._root / path
        try:
            facts = place.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return path not in self._files and path not in self._folders
        if stat.S_ISDIR(facts.st_mode):
            return path in self._folders and self._holds_the_same(path, place)
        file = self._files.get(path)
        if file is None or not stat.S_ISREG(facts.st_mode) or facts.st_size != file.size:
            return False
        return _hash(place) == file.sha256

    def _holds_the_same(self, path: str, place: Path) -> bool:
        names = {name for name in os.listdir(place) if not is_leftover(name)}  # noqa: PTH208
        if names != self._children[path]:
            return False
        return all(self._is_as_held(f"{path}/{name}") for name in names)

    @cached_property
    def _folders(self) -> set[str]:
        return folders_of(self._files, self._directories)

    @cached_property
    def _children(self) -> defaultdict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for path in (*self._files, *self._folders):
            folder, _, name = path.rpartition("/")
            found[folder].add(name)
        return found


def _hash(place: Path) -> str:
    digest = hashlib.sha256()
    descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
