"""Text of a memory file to its model and back.

The file is plain Markdown. Its first line is ``<!-- Last Updated: YYYY-MM-DD -->``; what Funcyard
writes stands between two comments that a rendered page does not show::

    <!-- funcyard:begin programming-model -->
    ## Programming Model

    - **Runtime**: Python 3.11
    <!-- funcyard:end programming-model
    0c64d8f2 e3b0c442 9a1b2c3d
    -->

The closing comment holds the digest of every line that Funcyard wrote there. A line with another
digest is a person's, wherever it stands, and so is everything outside of the comments.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from funcyard.project.memory.document import Document, Region

if TYPE_CHECKING:
    from collections.abc import Sequence

_UPDATED = re.compile(r"<!-- Last Updated: (\d{4}-\d{2}-\d{2}) -->\s*")
_BEGIN = re.compile(r"<!-- funcyard:begin ([a-z0-9-]+) -->\s*")
_END = re.compile(r"<!-- funcyard:end ([a-z0-9-]+)\s*")
_DIGESTS = re.compile(r"[0-9a-f]{8}(?: [0-9a-f]{8})*")
_CONFLICT = re.compile(r"(?:<{7}|>{7})(?: .*)?")
_DIGESTS_A_LINE = 10


class MalformedError(ValueError):
    """The text is not a memory file that can be understood; the message says why."""


def parse(text: str) -> Document:
    """Return the document that ``text`` is.

    Raises:
        MalformedError: It is empty, cut short, holds a merge conflict, or its comments do not pair.
    """
    if not text.strip():
        raise MalformedError("it is empty")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    document = Document()
    if first := _UPDATED.fullmatch(lines[0]):
        document.updated = _date(first[1])
        lines = lines[1:]
    at = 0
    while at < len(lines):
        if _CONFLICT.fullmatch(lines[at]):
            raise MalformedError("it holds the markers of a merge conflict")
        if _END.fullmatch(lines[at]):
            raise MalformedError(f"a region ends that never began, {at + 1} lines down")
        if begin := _BEGIN.fullmatch(lines[at]):
            if begin[1] in document.regions:
                raise MalformedError(f"the region {begin[1]} is there twice")
            region, at = _region(begin[1], lines, at + 1)
            document.parts.append(region)
        else:
            document.parts.append(lines[at])
            at += 1
    return document


def render(document: Document) -> str:
    """Return the text of a document; ``parse`` makes the same document of it."""
    lines = [f"<!-- Last Updated: {document.updated} -->"] if document.updated else []
    for part in document.parts:
        if isinstance(part, str):
            lines.append(part)
            continue
        lines += [f"<!-- funcyard:begin {part.name} -->", *part.lines]
        lines.append(f"<!-- funcyard:end {part.name}")
        for start in range(0, len(part.base), _DIGESTS_A_LINE):
            lines.append(" ".join(part.base[start : start + _DIGESTS_A_LINE]))
        lines.append("-->")
    return "\n".join(lines) + "\n"


def text_lines(text: str) -> list[str]:
    """Return the lines of any text without the comments of regions, however damaged it is."""
    kept: list[str] = []
    closing = False
    for line in text.replace("\r\n", "\n").split("\n"):
        if closing and (line.strip() == "-->" or _DIGESTS.fullmatch(line.strip())):
            continue
        closing = bool(_END.fullmatch(line))
        if not closing and not _BEGIN.fullmatch(line):
            kept.append(line)
    return kept


def _region(name: str, lines: Sequence[str], at: int) -> tuple[Region, int]:
    """Read a region from the line behind its opening comment; return it and the next line."""
    start = at
    while at < len(lines) and not _BEGIN.fullmatch(lines[at]):
        if _CONFLICT.fullmatch(lines[at]):
            raise MalformedError("it holds the markers of a merge conflict")
        if end := _END.fullmatch(lines[at]):
            if end[1] != name:
                break
            base, after = _base(name, lines, at + 1)
            return Region(name, list(lines[start:at]), base), after
        at += 1
    raise MalformedError(f"the region {name} has no end: the file was cut short or edited there")


def _base(name: str, lines: Sequence[str], at: int) -> tuple[tuple[str, ...], int]:
    base: list[str] = []
    while at < len(lines):
        line = lines[at].strip()
        if line == "-->":
            return tuple(base), at + 1
        if not _DIGESTS.fullmatch(line):
            break
        base += line.split()
        at += 1
    raise MalformedError(f"the comment that ends the region {name} is damaged")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
