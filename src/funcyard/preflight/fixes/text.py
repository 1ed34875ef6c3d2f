"""A file's text for edits: its characters as they are, and where the syntax tree's places lie."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from funcyard.plain_files import read_bytes

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable
    from pathlib import Path

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Edit:
    """Characters to be replaced.

    Attributes:
        start: The first, counted from 0.
        end: One after the last; as ``start`` to insert.
        text: What takes their place; its lines get the ending that the file's have.
    """

    start: int
    end: int
    text: str


class Text:
    """A file's text with the line endings that it has.

    Args:
        content: The text, a byte order mark included.
    """

    def __init__(self, content: str) -> None:
        self.content = content

    @classmethod
    def read(cls, path: Path) -> Text | None:
        """Read a file, None where it is no UTF-8 text."""
        try:
            return cls(read_bytes(path).decode("utf-8"))
        except (OSError, UnicodeDecodeError):
            return None

    @property
    def beginning(self) -> int:
        """The position of its first character, after a byte order mark."""
        return self._starts[0]

    def start_of(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        """Return the position of a node's first character."""
        return self.position(node.lineno, node.col_offset)

    def end_of(self, node: ast.expr | ast.stmt | ast.arg) -> int:
        """Return the position after a node's last character."""
        return self.position(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def position(self, line: int, column: int) -> int:
        """Return the position of a line, from 1, and a column in bytes of UTF-8, from 0."""
        start = self._starts[line - 1]
        text = self.content[start : self.after_line(line)]
        within = text.encode("utf-8")[:column].decode("utf-8", "ignore")
        return start + len(within)

    def after_line(self, line: int) -> int:
        """Return the position at which the line after this one begins, or the text ends."""
        return self._starts[line] if line < len(self._starts) else len(self.content)

    def edited(self, edits: Iterable[Edit]) -> str:
        """Return the text with edits made, which do not overlap; insertions keep their order."""
        text = self.content
        for edit in reversed(sorted(edits, key=lambda one: one.start)):  # noqa: C413 - keeps the order of equals
            text = text[: edit.start] + edit.text.replace("\n", self._newline) + text[edit.end :]
        return text

    @cached_property
    def _newline(self) -> str:
        first = re.search(r"\r\n|\r|\n", self.content)
        return first[0] if first else "\n"

    @cached_property
    def _starts(self) -> list[int]:
        """Where each line begins, after a byte order mark."""
        starts = [found.start() for found in _LINE.finditer(self.content)]
        if self.content.startswith(_MARK):
            starts[0] = len(_MARK)
        return starts
