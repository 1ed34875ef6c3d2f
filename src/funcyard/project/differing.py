"""A plan as a unified diff: from what is on the disk to what will be there, secrets left out."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from funcyard.project.merge import is_binary
from funcyard.project.root import SPEC_FILE

if TYPE_CHECKING:
    from funcyard.project.plan import PlannedFile
    from funcyard.project.updating import Outcome

_NOWHERE = "/dev/null"


def file_diff(file: PlannedFile) -> str:
    """Return what will become of one file; empty where nothing will."""
    if file.target is not None:
        return unified(file.target, None, file.content)
    if file.current == file.content:
        return ""
    if file.secret:
        return f"{file.path}: holds a secret, not shown\n"
    return unified(file.path, file.current, file.content)


def spec_diff(outcome: Outcome) -> str:
    """Return what becomes of funcyard.yaml; empty where nothing does."""
    if outcome.spec_after is None:
        return ""
    before = None if outcome.spec_before is None else outcome.spec_before.encode()
    return unified(SPEC_FILE, before, outcome.spec_after.encode())


def unified(path: str, before: bytes | None, after: bytes | None) -> str:
    """Return the difference of two texts as ``git diff`` writes it; None is no file."""
    if is_binary(before or b"") or is_binary(after or b""):
        return f"{path}: not text, not shown\n"
    lines = difflib.unified_diff(
        _lines(before),
        _lines(after),
        _NOWHERE if before is None else f"a/{path}",
        _NOWHERE if after is None else f"b/{path}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _lines(content: bytes | None) -> list[str]:
    text = (content or b"").decode("utf-8", "replace")
    *ended, last = text.split("\n")
    return [f"{line}\n" for line in ended] + ([last] if last else [])
