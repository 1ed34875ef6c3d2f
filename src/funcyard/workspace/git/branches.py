"""The name of a branch, by the rules of ``git check-ref-format``."""

from __future__ import annotations

import re
from typing import Final

from funcyard.errors import UsageError

_LONGEST: Final = 244  # what GitHub takes
_REFUSED: Final = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|$)")


class BadBranchError(UsageError):
    """It cannot be the name of a branch."""

    code = "bad-branch"


def valid_branch(name: str) -> str:
    """Return the name as it is, without ``refs/heads/``.

    Raises:
        BadBranchError: Git would not take it.
    """
    ends = name.startswith(("-", "/", ".")) or name.endswith(("/", ".")) or name in {"", "@"}
    if ends or _REFUSED.search(name) or len(name.encode(errors="replace")) > _LONGEST:
        raise BadBranchError(f"{name[:80]!r} cannot be the name of a branch.")
    return name
