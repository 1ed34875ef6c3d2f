"""JSON as people write it: comments taken out, and the line on which a value stands."""

from __future__ import annotations

import re

_COMMENT_OR_STRING = re.compile(r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)

_TRAILING_COMMA_OR_STRING = re.compile(r'"(?:\\.|[^"\\])*"|,(?=\s*[}\]])')


def without_comments(text: str) -> str:
    """Return the text with ``//`` and ``/* */`` comments blanked; every line keeps its number."""

    def blank(match: re.Match[str]) -> str:
        found = match[0]
        return found if found.startswith('"') else re.sub(r"[^\n]", " ", found)

    return _COMMENT_OR_STRING.sub(blank, text)


def strict(text: str) -> str:
    """Return what the Functions host reads as JSON without comments and without trailing commas."""
    return _TRAILING_COMMA_OR_STRING.sub(
        lambda match: match[0] if match[0].startswith('"') else match[0].replace(",", " ", 1),
        without_comments(text),
    )


def line_of(text: str, path: tuple[str, ...]) -> int:
    """Return the line, from 1, of the key that a path of keys leads to; 1 where it is absent.

    Keys are looked for one after the other, which is exact unless a key of the same name stands in
    an earlier sibling.
    """
    position = line = 0
    for key in path:
        match = re.compile(rf'"{re.escape(key)}"\s*:').search(text, position)
        if match is None:
            break
        position = match.end()
        line = text.count("\n", 0, match.start())
    return line + 1
