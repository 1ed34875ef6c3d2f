"""A fetched commit as the source of a workspace: what is taken of it, what is not, and why.

Regular files are taken. Links, submodules, pointers of Git LFS, files over the limit and names that
cannot be workspace paths are left out and reported; so are names that differ only by case, but for
the one that is published already (:mod:`..case_collisions`).
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.workspace.case_collisions import case_collisions
from funcyard.workspace.git.contents import blobs
from funcyard.workspace.git.failures import CacheBrokenError, RepositoryTooLargeError
from funcyard.workspace.git.lfs import LONGEST_POINTER, is_pointer
from funcyard.workspace.git.listing import entries
from funcyard.workspace.git.names import invalid
from funcyard.workspace.source import LINK, LeftOut, SourceFile

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Collection, Iterable
    from pathlib import Path

    from funcyard.workspace.git.limits import Limits
    from funcyard.workspace.git.listing import Entry
    from funcyard.workspace.git.process import Git

BROKEN_MARK: Final = "funcyard-broken"
"""File in a cache that was found to be broken: the next fetch makes it anew."""

_plain: Final[set[str]] = set()
"""Ids of small contents that were read and are no pointers: they are so in every repository."""

_MOST_PLAIN: Final = 1 << 17
_LINK: Final = "120000"
_SUBMODULE: Final = "160000"


@dataclass(slots=True, eq=False)
class GitTree:
    """A commit's tree, complete and verified; a ``funcyard.workspace.source.SourceTree``.

    Attributes:
        revision: The commit's id.
        files: What is taken, sorted by path.
        left_out: What is not, sorted by path.
    """

    revision: str
    files: tuple[SourceFile, ...]
    left_out: tuple[LeftOut, ...]
    _repository: Path = field(repr=False)
    _git: Git = field(repr=False)

    async def contents(self, object_ids: Iterable[str]) -> AsyncGenerator[tuple[str, bytes], None]:
        """Yield each object's id and content, in the order asked for.

        Raises:
            CacheBrokenError: One cannot be read any more; fetch the commit again.
            ValueError: One is of no file of this tree.
        """
        asked = list(object_ids)
        if strange := set(asked) - {file.object_id for file in self.files}:
            raise ValueError(f"no file of {self.revision} has the content {min(strange)}")
        try:
            async with aclosing(blobs(self._repository, asked, git=self._git)) as found:
                async for pair in found:
                    yield pair
        except CacheBrokenError:
            if self._repository.is_dir():
                (self._repository / BROKEN_MARK).touch()
            raise


async def open_tree(
    repository: Path,
    commit: str,
    *,
    git: Git,
    limits: Limits,
    published: Collection[str] = (),
) -> GitTree:
    """Read a commit's tree out of a cache that holds all of it.

    Args:
        repository: The cache.
        commit: Its id.
        git: Runs Git.
        limits: What is refused.
        published: Paths that run already: of names that differ only by case, theirs is taken.

    Raises:
        CacheBrokenError: It cannot be read.
        RepositoryTooLargeError: It holds more files, or more in them, than may be.
    """
    taken: dict[str, SourceFile] = {}
    left: list[LeftOut] = []
    async with aclosing(entries(repository, commit, git=git, most=limits.files)) as listed:
        async for entry in listed:
            path = entry.name.decode(errors="backslashreplace")
            if reason := _refusal(entry, limits):
                left.append(LeftOut(path, *reason))
            else:
                taken[path] = SourceFile(path, entry.size, entry.object_id)
    for path in await _pointers(repository, taken.values(), git=git):
        del taken[path]
        detail = "its content is kept in Git LFS and only a pointer is in the repository"
        left.append(LeftOut(path, "lfs", detail))
    for path, other in case_collisions(taken, published).items():
        del taken[path]
        detail = f"its name differs from {other} only by case"
        left.append(LeftOut(path, "case-collision", detail))
    total = sum(file.size for file in taken.values())
    if total > limits.total_bytes:
        raise RepositoryTooLargeError(
            f"The files of commit {commit} are {total:,} bytes; "
            f"a workspace may be {limits.total_bytes:,}."
        )
    files = tuple(taken[path] for path in sorted(taken))
    reported = tuple(sorted(left, key=lambda item: item.path))
    return GitTree(commit, files, reported, repository, git)


def _refusal(entry: Entry, limits: Limits) -> tuple[str, str] | None:
    if entry.mode == _LINK:
        return "symlink", LINK
    if entry.mode == _SUBMODULE:
        return "submodule", f"another repository, at commit {entry.object_id}"
    if fault := invalid(entry.name):
        return fault
    if entry.size > limits.file_bytes:
        return "too-large", f"{entry.size:,} bytes; a file may be {limits.file_bytes:,}"
    return None


async def _pointers(repository: Path, files: Iterable[SourceFile], *, git: Git) -> list[str]:
    small: dict[str, list[str]] = {}
    for file in files:
        if file.size <= LONGEST_POINTER and file.object_id not in _plain:
            small.setdefault(file.object_id, []).append(file.path)
    pointers = []
    async with aclosing(blobs(repository, list(small), git=git)) as found:
        async for object_id, content in found:
            if is_pointer(content):
                pointers += small[object_id]
            elif len(_plain) < _MOST_PLAIN:
                _plain.add(object_id)
    return pointers
