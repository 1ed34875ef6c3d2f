"""What a cache holds of a commit: nothing, or the whole of its tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.workspace.git.failures import (
    BadCommitError,
    CacheBrokenError,
    NoSuchCommitError,
)
from funcyard.workspace.git.process import run

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.workspace.git.process import Git

_COMMIT: Final = re.compile(r"(?!0{40})[0-9a-f]{40}", re.ASCII)


def is_commit(text: str) -> bool:
    """Whether it is the id of a commit, and not the zeros that stand for none."""
    return _COMMIT.fullmatch(text) is not None


def valid_commit(text: str) -> str:
    """Return the id of a commit as it is.

    Raises:
        BadCommitError: It is something else, or the zeros that stand for a removed branch.
    """
    if not is_commit(text):
        raise BadCommitError(
            f"{text[:80]!r} is not the id of a commit.", hint="Give all 40 digits of it."
        )
    return text


async def has_commit(repository: Path, commit: str, *, git: Git) -> bool:
    """Tell whether the commit itself is there; its tree may not be.

    Raises:
        NoSuchCommitError: That id is there and is of something else.
    """
    ran = await run(git, ["cat-file", "-t", commit], repository=repository)
    kind = ran.output.decode("ascii", errors="replace").strip()
    if ran.status == 0 and kind != "commit":
        raise NoSuchCommitError(f"{commit} is a {kind} and not a commit.")
    return ran.status == 0


async def verify(repository: Path, commit: str, *, git: Git) -> None:
    """Make sure that every folder and file of a commit is there.

    Raises:
        CacheBrokenError: Something is missing.
    """
    command = ["rev-list", "--objects", "--quiet", f"{commit}^{{tree}}"]
    ran = await run(git, command, repository=repository)
    if ran.status:
        raise CacheBrokenError(f"The tree of commit {commit} is not complete.")
