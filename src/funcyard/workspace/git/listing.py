"""The entries of a commit's tree, as ``git ls-tree`` lists them, read while they come.

A tree of a few hundred bytes can name billions of paths, so the listing is ended at its limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from funcyard.workspace.git.failures import CacheBrokenError, RepositoryTooLargeError
from funcyard.workspace.git.process import started

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from funcyard.workspace.git.process import Git

_CHUNK: Final = 64 * 1024
_LONGEST_ENTRY: Final = 1024 * 1024
_LEFT_OUT_AT_ROOT: Final = (b".git", b".github")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the listing.

    Attributes:
        mode: Of Git: ``100644``, ``100755``, ``120000`` (link), ``160000`` (submodule).
        object_id: Of the content.
        size: In bytes; 0 for a submodule.
        name: The path from the tree's root, in whichever bytes it has.
    """

    mode: str
    object_id: str
    size: int
    name: bytes


async def entries(
    repository: Path, commit: str, *, git: Git, most: int
) -> AsyncGenerator[Entry, None]:
    """Yield every entry but folders, without ``.git`` and ``.github`` of the root.

    Raises:
        CacheBrokenError: Git cannot read the tree.
        RepositoryTooLargeError: There are more than ``most``.
    """
    command = ["ls-tree", "-r", "-z", "--long", "--full-tree", commit]
    count = 0
    async with started(git, command, repository=repository) as running:
        rest = b""
        while chunk := await running.output.read(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\0")
            for line in lines:
                entry = _parsed(line)
                if entry.name.split(b"/", 1)[0] in _LEFT_OUT_AT_ROOT:
                    continue
                count += 1
                if count > most:
                    raise RepositoryTooLargeError(f"Commit {commit} holds over {most:,} files.")
                yield entry
            if len(rest) > _LONGEST_ENTRY:
                raise RepositoryTooLargeError(f"Commit {commit} holds a path without end.")
        if await running.process.wait() or rest:
            raise CacheBrokenError(f"The tree of commit {commit} cannot be read.")


def _parsed(line: bytes) -> Entry:
    head, _, name = line.partition(b"\t")
    mode, _, object_id, size = head.decode("ascii").split()
    try:
        return Entry(mode, object_id, 0 if size == "-" else int(size), name)
    except ValueError:  # Git writes BAD for what it cannot read
        raise CacheBrokenError(f"Object {object_id} cannot be read.") from None
