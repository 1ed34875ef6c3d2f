"""Python sources as rules read them: text, lines and syntax tree, each made once."""

from __future__ import annotations

import ast
import os
import warnings
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.functions.skipped import SKIPPED
from funcyard.plain_files import read_text
from funcyard.preflight.conflicts import one_side

if TYPE_CHECKING:
    from collections.abc import Iterator


class Source:
    """One Python file.

    Args:
        path: Where it lies.
        name: Its path as findings tell it.
    """

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name

    @cached_property
    def text(self) -> str:
        """Its text without a byte order mark; empty where it may not be read.

        What is not UTF-8 is replaced.
        """
        try:
            return read_text(self.path, "utf-8-sig", "replace")
        except OSError:
            return ""

    @cached_property
    def lines(self) -> list[str]:
        """Its lines, the first at index 0, as Python counts them."""
        return self.text.split("\n")

    @cached_property
    def tree(self) -> ast.Module | None:
        """Its syntax tree; None where this Python cannot parse it."""
        return self._parsed(self.text)

    @cached_property
    def one_side(self) -> ast.Module | None:
        """The same; where a merge left both sides of a conflict, as the first of them has it."""
        return self.tree or self._parsed(one_side(self.text))

    def _parsed(self, text: str) -> ast.Module | None:
        try:
            with warnings.catch_warnings(action="ignore"):
                return ast.parse(text, self.name)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def line(self, number: int) -> str:
        """Return a line's text, stripped; empty where there is no such line."""
        return self.lines[number - 1].strip() if 0 < number <= len(self.lines) else ""


def sources_below(folder: Path) -> Iterator[Path]:
    """Yield the Python files of a folder, environments and caches left out, in order of path."""
    for directory, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in SKIPPED)
        paths = (Path(directory, name) for name in sorted(files) if name.endswith(".py"))
        yield from (path for path in paths if path.is_file())
