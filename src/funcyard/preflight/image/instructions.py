"""The instructions of a Dockerfile, as https://docs.docker.com/reference/dockerfile/ writes them.

Continued lines are joined, comments and here-documents left out; every instruction keeps the line
on which it begins, and every word of it the line on which that stands.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*$")
_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+|$)")
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?$")
_HERE = re.compile(r"<<-?([\"']?)([A-Za-z_]\w*)\1")
_WORD = re.compile(r"""(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an instruction, and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction.

    Attributes:
        keyword: In upper case.
        words: What follows, flags left out; of the JSON form, its items.
        line: Where it begins, from 1.
        flags: What follows ``--``, by name.
        is_json: Whether it is written as a JSON list.
    """

    keyword: str
    words: tuple[Word, ...]
    line: int
    flags: dict[str, str] = field(default_factory=dict)
    is_json: bool = False

    @property
    def text(self) -> str:
        """Its words, a space between them."""
        return " ".join(word.text for word in self.words)


def instructions_of(text: str) -> Iterator[Instruction]:
    """Yield the instructions of a Dockerfile; a line that is none is passed over."""
    lines = text.replace("\r\n", "\n").split("\n")
    escape = _escape(lines)
    position = 0
    while position < len(lines):
        start = position
        parts: list[tuple[str, int]] = []
        more = True
        while more and position < len(lines):
            line = lines[position]
            position += 1
            if line.lstrip().startswith("#") or (parts and not line.strip()):
                more = bool(parts)
                continue
            stripped = line.rstrip()
            more = stripped.endswith(escape)
            parts.append((stripped[:-1] if more else stripped, position))
        for name in _HERE.findall(" ".join(part for part, _ in parts)):
            position = _past(lines, position, name[1])
        found = _instruction(parts, start + 1)
        if found is not None:
            yield found


def _escape(lines: list[str]) -> str:
    for line in lines:
        match = _DIRECTIVE.match(line)
        if match is None:
            break
        if match[1].lower() == "escape":
            return match[2]
    return "\\"


def _past(lines: list[str], position: int, end: str) -> int:
    """Return the position after the here-document that ends with a line ``end``."""
    for number in range(position, len(lines)):
        if lines[number].strip() == end:
            return number + 1
    return position


def _instruction(parts: list[tuple[str, int]], line: int) -> Instruction | None:
    first = next((number for number, (text, _) in enumerate(parts) if text.strip()), None)
    if first is None:
        return None
    match = _INSTRUCTION.match(parts[first][0])
    if match is None:
        return None
    line = parts[first][1]
    rest = [(parts[first][0][match.end() :], line), *parts[first + 1 :]]
    listed = _json_items(" ".join(text for text, _ in rest))
    words = [Word(word, number) for text, number in rest for word in _WORD.findall(text)]
    flags: dict[str, str] = {}
    while words and (flag := _FLAG.match(words[0].text)):
        flags[flag[1]] = flag[2] or ""
        words.pop(0)
    if flags:
        listed = _json_items(" ".join(word.text for word in words))
    if listed is not None:
        words = [Word(item, line) for item in listed]
    return Instruction(match[1].upper(), tuple(words), line, flags, is_json=listed is not None)


def _json_items(text: str) -> list[str] | None:
    if not text.strip().startswith("["):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        return None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return None
    return found
