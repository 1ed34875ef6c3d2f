"""What makes a set of paths a tree that every store can hold.

Names that differ only by case are one name (as on SMB), so a tree never holds both; a path is a
file or a folder, never both; folders are told only where they hold nothing, the others follow from
the files.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from funcyard.workspace.paths import check_path, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@lru_cache(maxsize=1 << 16)
def _checked(path: str) -> str:
    """Check a path, once for all versions that have it, and return how it is told apart."""
    return fold(check_path(path))


def parents(path: str) -> Iterator[str]:
    """Yield the folders that a path is in, the nearest first, the root left out."""
    while (cut := path.rfind("/")) > 0:
        path = path[:cut]
        yield path


def folders_of(files: Iterable[str], directories: Iterable[str]) -> set[str]:
    """Return every folder of a tree, by its files and by the folders that hold nothing."""
    told = set(directories)
    return told | _holding(chain(files, told))


def empty_folders(files: Iterable[str], directories: Iterable[str]) -> tuple[str, ...]:
    """Return, sorted, those of the folders that hold neither a file nor a folder of them."""
    told = set(directories)
    return tuple(sorted(told - _holding(chain(files, told))))


def _holding(paths: Iterable[str]) -> set[str]:
    """Return every folder that one of the paths is in; a folder's own are looked at only once."""
    found: set[str] = set()
    for path in paths:
        inner = path
        while (cut := inner.rfind("/")) > 0 and (inner := inner[:cut]) not in found:
            found.add(inner)
    return found


def check_tree(files: Iterable[str], directories: Iterable[str]) -> None:
    """Check that paths make a tree.

    Args:
        files: Paths of the files.
        directories: Paths of the folders that hold nothing.

    Raises:
        InvalidPathError: One of them cannot be a path of a workspace.
        ValueError: Two of them cannot be in one tree.
    """
    files, directories = list(files), list(directories)
    kinds: dict[str, tuple[str, bool]] = {}
    told: list[tuple[str, bool]] = [(path, True) for path in files]
    told += [(path, False) for path in directories]
    for path, is_file in told:
        key = _checked(path)
        if key in kinds:
            raise ValueError(f"{path} is there twice")
        kinds[key] = (path, is_file)
    seen: set[str] = set()
    for path, _ in told:
        for folder in parents(path):
            if folder in seen:
                break
            seen.add(folder)
            other, is_file = kinds.setdefault(fold(folder), (folder, False))
            if is_file:
                raise ValueError(f"{other} is a file and a folder")
            if other != folder:
                raise ValueError(f"{other} and {folder} differ only by case")
    if redundant := seen.intersection(directories):
        raise ValueError(f"{min(redundant)} is told as empty and is not")
