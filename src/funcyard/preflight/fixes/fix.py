"""A fix: edits of one or more files for one finding."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from funcyard.preflight.fixes.text import Edit


@dataclass(frozen=True, slots=True)
class Change:
    """Edits of one file.

    Attributes:
        path: The file.
        name: Its path as findings tell it.
        edits: What is replaced.
    """

    path: Path
    name: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Fix:
    """What mends one finding.

    Attributes:
        app: The app that the finding is about.
        rule: The rule that found it.
        file: Where it was found, as findings tell it.
        line: The line there.
        functions: The functions that it is for: afterwards they are bound and found.
        changes: The files that it changes.
    """

    app: str
    rule: str
    file: str
    line: int
    functions: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Mended:
    """What became of a fix's change of one file.

    Attributes:
        file: The file, as findings tell it.
        rule: The rule whose finding it mends.
        diff: The change as a unified diff.
        applied: Whether it was made and kept.
    """

    file: str
    rule: str
    diff: str
    applied: bool


def unified(name: str, before: str, after: str) -> str:
    """Return the difference between two texts of a file as a unified diff, empty for none."""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def edits_by_path(fixes: Iterable[Fix]) -> dict[Path, list[Edit]]:
    """Return all edits of some fixes by file, each edit once."""
    found: dict[Path, list[Edit]] = {}
    for fix in fixes:
        for change in fix.changes:
            known = found.setdefault(change.path, [])
            known += [edit for edit in change.edits if edit not in known]
    return found


def _lines(text: str) -> list[str]:
    return list(StringIO(text, newline="\n"))
