"""requirements.txt: requirements line by line, includes followed, hashes and comments left out.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.plain_files import read_text
from funcyard.preflight.packages.pyproject import read_package
from funcyard.preflight.packages.requirement import Requirement, normalized, requirement

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.packages.requirement import Requirements

_INCLUDE = re.compile(r"(?:-r|--requirement)[ =]*(?P<file>\S+)")
_FOLDER = re.compile(r"(?:(?:-e|--editable)[ =]*)?(?P<folder>\.{1,2}(?:/[^\s;\[]*)?)(?:[\s;\[].*)?")
_EGG = re.compile(r"#egg=(?P<name>[A-Za-z0-9._-]+)")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_OPTION = re.compile(r"\s--")


def read_lines(path: Path, found: Requirements, including: frozenset[Path] = frozenset()) -> None:
    """Add what a requirements file and those that it includes ask for."""
    if path in including:
        return
    try:
        text = read_text(path, "utf-8-sig", "replace")
    except OSError:
        return
    found.files.append(path)
    for number, line in _logical_lines(text):
        if include := _INCLUDE.fullmatch(line):
            read_lines(path.parent / include["file"], found, including | {path})
        elif folder := _FOLDER.fullmatch(line):
            read_package((path.parent / folder["folder"]).resolve(), found)
        elif asked := requirement(line, path, number) or _by_egg(line, path, number):
            found.direct.append(asked)


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line; continued ones are joined."""
    begun, parts = 0, ""
    for number, raw in enumerate([*text.splitlines(), ""], start=1):
        line = _COMMENT.sub("", raw).strip()
        begun = begun or number
        if line.endswith("\\"):
            parts += line[:-1] + " "
            continue
        joined = _OPTION.split(parts + line)[0].strip()
        if joined:
            yield begun, joined
        begun, parts = 0, ""


def _by_egg(line: str, path: Path, number: int) -> Requirement | None:
    named = _EGG.search(line)
    if named is None:
        return None
    return Requirement(normalized(named["name"]), path, number, line, bounded=True)
