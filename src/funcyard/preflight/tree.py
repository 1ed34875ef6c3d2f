"""The files that would be shipped or committed: what Git tracks or would, else every file.

Git itself lists and searches them where it can: it knows what is ignored, and it searches twenty
thousand files in less time than Python opens them.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.functions.skipped import SKIPPED
from funcyard.plain_files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 2 * 1024 * 1024
_NOTHING_FOUND = 1
_RECORD = re.compile(r"(?P<file>[^\0]+)\0(?P<number>\d+)\0(?P<text>[^\n]*)\n?")
"""A line of ``git grep -z``: a name may hold a line break, and a line every other separator."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was searched for."""

    file: str
    number: int
    text: str


class Tree:
    """The files below a folder.

    Args:
        root: The folder, absolute.
        untracked: Whether files count that Git does not track yet; else there are none without Git.
    """

    def __init__(self, root: Path, *, untracked: bool = True) -> None:
        self._root = root
        self._untracked = untracked
        self._files: tuple[str, ...] | None = None if untracked else ()
        others = ("--others", "--exclude-standard") if untracked else ()
        listed = self._git("ls-files", "-z", "--cached", *others)
        if listed is not None:
            self._files = tuple(sorted({name for name in listed.split("\0") if name}))
        self.is_git = listed is not None

    @property
    def files(self) -> tuple[str, ...]:
        """Every file, relative to the root, in order."""
        if self._files is None:
            self._files = tuple(sorted(self._walk()))
        return self._files

    def is_tracked(self, file: str) -> bool:
        """Tell whether Git tracks a file; where there is no Git every file counts as tracked."""
        return not self.is_git or file in self._tracked

    @cached_property
    def _tracked(self) -> frozenset[str]:
        return frozenset((self._git("ls-files", "-z", "--cached") or "").split("\0"))

    def search(self, pattern: str, *names: str) -> list[Line]:
        """Return the lines of text files that match an extended regular expression.

        Args:
            pattern: The expression.
            names: Globs of the names of the files to look into, such as ``*.json``, whatever the
                case of their letters and the folder that they are in; every file unless given.
        """
        if self.is_git:
            others = ("--untracked",) if self._untracked else ()
            look = ("grep", "-z", "-n", "-I", "-E", *others, "--no-color", "-e", pattern)
            found = self._git(*look, "--", *(f":(icase,glob)**/{name}" for name in names))
            return [
                Line(match["file"], int(match["number"]), match["text"].rstrip("\r"))
                for match in _RECORD.finditer(found or "")
            ]
        wanted = re.compile(pattern.encode(), re.MULTILINE)
        files = (name for name in self.files if _is_called(name, names))
        return [line for name in files for line in self._search_in(name, wanted)]

    def _search_in(self, name: str, wanted: re.Pattern[bytes]) -> Iterator[Line]:
        path = self._root / name
        try:
            content = read_bytes(path) if path.stat().st_size <= _LARGEST else b""
        except OSError:
            return
        if b"\0" in content:
            return
        for match in wanted.finditer(content):
            end = content.find(b"\n", match.start())
            line = content[match.start() : end if end >= 0 else None]
            number = content.count(b"\n", 0, match.start()) + 1
            yield Line(name, number, line.decode(errors="replace").rstrip("\r"))

    def _walk(self) -> Iterator[str]:
        for directory, folders, files in os.walk(self._root):
            folders[:] = [name for name in folders if name not in SKIPPED]
            for name in files:
                yield Path(directory, name).relative_to(self._root).as_posix()

    def _git(self, *arguments: str) -> str | None:
        """Return what git prints in the root, None where it cannot tell."""
        try:
            done = subprocess.run(  # noqa: S603 - arguments are our own
                ["git", "-C", str(self._root), *arguments],  # noqa: S607 - the user's git
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except OSError:
            return None
        if done.returncode > _NOTHING_FOUND:
            return None
        return done.stdout.decode(errors="surrogateescape")


def _is_called(file: str, names: tuple[str, ...]) -> bool:
    own = file.rpartition("/")[2].lower()
    return not names or any(fnmatchcase(own, name.lower()) for name in names)
