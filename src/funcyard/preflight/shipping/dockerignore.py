"""``.dockerignore`` as Docker reads it.

Not the syntax of ``.gitignore``: a pattern is matched from the root of the build context alone,
``*`` stops at a slash, ``**`` does not, a pattern also takes everything below what it matches, and
of all the lines that match the last one decides. Follows moby/patternmatcher, which BuildKit uses.
https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property

_SPECIAL = frozenset(".+()|{}$")
_GLOB = frozenset("*?[]\\")


@dataclass(frozen=True)
class _Pattern:
    """One line: what it matches, and whether it takes that back in."""

    line: int
    text: str
    exception: bool

    @cached_property
    def expression(self) -> re.Pattern[str]:
        return go_pattern(self.text)

    def matches(self, path: str) -> bool:
        return self.expression.fullmatch(path) is not None


class Dockerignore:
    """One file's text.

    Args:
        text: What it holds.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.removeprefix("\ufeff").splitlines()
        self._patterns = tuple(
            pattern
            for number, line in enumerate(self._lines, start=1)
            if (pattern := _pattern(line, number)) is not None
        )

    def decides(self, path: str) -> int:
        """Return the line that keeps a file out of the context, 0 where it is in it.

        Args:
            path: Relative to the root of the context, with forward slashes.
        """
        parts = path.split("/")
        prefixes = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        decided = 0
        for pattern in self._patterns:
            if any(pattern.matches(prefix) for prefix in prefixes):
                decided = 0 if pattern.exception else pattern.line
        return decided

    def line(self, number: int) -> str:
        """Return a line's text."""
        return self._lines[number - 1].strip()


def go_pattern(pattern: str) -> re.Pattern[str]:
    """Return the expression that whole paths match; one that nothing does where Docker refuses."""
    try:
        return re.compile(_translated(pattern), re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")


def _pattern(line: str, number: int) -> _Pattern | None:
    if line.startswith("#"):
        return None
    text = line.strip()
    exception = text.startswith("!")
    if exception:
        text = text[1:].strip()
    if not text:
        return None
    text = posixpath.normpath(text)
    return _Pattern(number, text.lstrip("/") if text.strip("/") else text, exception)


def _translated(pattern: str) -> str:
    """Return the regular expression of a cleaned pattern; what it leaves open is moby's doing."""
    if pattern.startswith("**") and not _GLOB & set(pattern[2:]):
        ending = re.escape(pattern[2:])
        return f".*{ending}|{ending[1:]}" if ending.startswith("/") else f".*{ending}"
    expression, position = "", 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        if pattern.startswith("**", position - 1):
            position += 1
            if pattern.startswith("/", position):
                position += 1
            expression += ".*" if position == len(pattern) else "(?:.*/)?"
        elif character == "*":
            expression += "[^/]*"
        elif character == "?":
            expression += "[^/]"
        elif character == "\\" and position < len(pattern):
            expression += re.escape(pattern[position])
            position += 1
        elif character in _SPECIAL or character == "\\":
            expression += "\\" + character
        else:
            expression += character
    return expression
