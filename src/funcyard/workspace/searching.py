"""Searches the contents of a version: bounded in time, in what is held and in what is found.

A person's pattern may take for ever on a text (``(a+)+$``), so it is matched by an engine that
stops after a given time, in a thread that lets others run meanwhile.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from time import monotonic
from typing import TYPE_CHECKING, Final

import regex

from funcyard.errors import UserError
from funcyard.workspace.versions.contents import by_place

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from funcyard.workspace.versions.manifest import Manifest
    from funcyard.workspace.versions.storage import Versions

_LONGEST_QUERY: Final = 1000
_LONGEST_FILE: Final = 2 << 20
_LONGEST_LINE: Final = 400
_BINARY_IN: Final = 8192


class BadQueryError(UserError):
    """What shall be searched for cannot be: it is empty, too long, or no regular expression."""

    code = "workspace-bad-query"


class SearchTimeoutError(UserError):
    """The search took longer than it may; what was found before is right."""

    code = "workspace-search-timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to search for.

    Attributes:
        text: A text, or a regular expression.
        is_pattern: Whether it is one.
        case: Whether upper and lower case differ.
        glob: Only in files whose path matches it; a star matches slashes, too.
        limit: How many matches at most.
        seconds: How long at most.
    """

    text: str
    is_pattern: bool = False
    case: bool = False
    glob: str = "*"
    limit: int = 1000
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class Match:
    """A place that was found.

    Attributes:
        path: In which file.
        line: From 1.
        column: From 1, in characters.
        text: The line, cut to 400 characters.
    """

    path: str
    line: int
    column: int
    text: str


async def search(versions: Versions, manifest: Manifest, query: Query) -> AsyncGenerator[Match]:
    """Yield matches as they are found, file by file; binary and very large files are passed over.

    Raises:
        BadQueryError: The query cannot be meant.
        SearchTimeoutError: The time is over.
        ContentDamagedError: A stored content is damaged.
        AzureFailedError: Storage refuses or cannot be reached.
    """
    pattern = _compiled(query)
    deadline = monotonic() + query.seconds
    paths: dict[str, list[str]] = {}
    for path, file in sorted(manifest.files.items()):
        if 0 < file.size <= _LONGEST_FILE and fnmatchcase(path, query.glob):
            paths.setdefault(file.sha256, []).append(path)
    left = query.limit
    reading = versions.contents.read(manifest, by_place(manifest, paths))
    async with aclosing(reading):
        async for sha256, content in reading:
            found = await asyncio.to_thread(_search, pattern, content, left, deadline)
            for path in paths[sha256]:
                for line, column, text in found[:left]:
                    yield Match(path, line, column, text)
                left -= len(found[:left])
            if left <= 0:
                return


def _compiled(query: Query) -> regex.Pattern[str]:
    if not query.text or len(query.text) > _LONGEST_QUERY:
        raise BadQueryError(f"a query has 1 to {_LONGEST_QUERY} characters")
    text = query.text if query.is_pattern else regex.escape(query.text)
    flags = regex.MULTILINE | (0 if query.case else regex.IGNORECASE)
    try:
        return regex.compile(text, flags)
    except (regex.error, RecursionError, OverflowError) as fault:
        raise BadQueryError(f"{query.text!r} is no regular expression: {fault}") from fault


def _search(
    pattern: regex.Pattern[str], content: bytes, limit: int, deadline: float
) -> list[tuple[int, int, str]]:
    if b"\0" in content[:_BINARY_IN]:
        return []
    text = content.decode(errors="replace")
    found: list[tuple[int, int, str]] = []
    line, start = 1, 0
    try:
        left = max(deadline - monotonic(), 0.001)
        for match in pattern.finditer(text, timeout=left, concurrent=True):
            line += text.count("\n", start, match.start())
            start = match.start()
            begin = text.rfind("\n", 0, start) + 1
            end = text.find("\n", start)
            whole = text[begin : len(text) if end < 0 else end].rstrip("\r")
            found.append((line, start - begin + 1, whole[:_LONGEST_LINE]))
            if len(found) >= limit:
                break
    except TimeoutError:
        raise SearchTimeoutError(
            "the search took too long", hint="search for a simpler pattern, or in fewer files"
        ) from None
    return found
