"""JSON with its lines, read as syntax: what ARM templates and parameter files are written in.

Comments are accepted, as Azure Resource Manager accepts them.
"""

from __future__ import annotations

import json
import re

from funcyard.preflight.infrastructure.syntax import (
    Entry,
    Expression,
    Items,
    Literal,
    Properties,
    TemplateSyntaxError,
)

_BLANK = re.compile(r"(?:[\s\ufeff]|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"[-+.\w]+")
_WORDS = {"true": True, "false": False, "null": None}


def read_json_syntax(text: str) -> Expression:
    """Return a document as objects, lists and literals.

    Raises:
        TemplateSyntaxError: It is no JSON.
    """
    reader = _Reader(text)
    try:
        return reader.value()
    except RecursionError as fault:
        raise TemplateSyntaxError("nested too deeply", 1) from fault


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def _here(self) -> str:
        """Return the next character that counts, empty at the end."""
        blank = _BLANK.match(self._text, self._at)
        if blank:
            self._line += blank[0].count("\n")
            self._at = blank.end()
        return self._text[self._at : self._at + 1]

    def value(self) -> Expression:
        """Return the value that begins here."""
        mark = self._here()
        line = self._line
        if mark == "{":
            return Properties(line, tuple(self._entries()))
        if mark == "[":
            return Items(line, tuple(self._items()))
        if mark == '"':
            return Literal(line, self._string())
        word = _WORD.match(self._text, self._at)
        if word is None:
            raise TemplateSyntaxError(f"expected a value, found {mark!r}", line)
        self._at = word.end()
        if word[0] in _WORDS:
            return Literal(line, _WORDS[word[0]])
        try:
            number = json.loads(word[0])
        except ValueError:
            raise TemplateSyntaxError(f"unknown {word[0]!r}", line) from None
        return Literal(line, number)

    def _string(self) -> str:
        match = _STRING.match(self._text, self._at)
        if match is None:
            raise TemplateSyntaxError("a text has no end", self._line)
        self._at = match.end()
        self._line += match[0].count("\n")
        try:
            return str(json.loads(match[0], strict=False))
        except ValueError as fault:
            raise TemplateSyntaxError(str(fault), self._line) from fault

    def _items(self) -> list[Expression]:
        found: list[Expression] = []
        self._at += 1
        while self._here() != "]":
            found.append(self.value())
            self._separator("]")
        self._at += 1
        return found

    def _entries(self) -> list[Entry]:
        found: list[Entry] = []
        self._at += 1
        while self._here() != "}":
            line = self._line
            key = Literal(line, self._string())
            if self._here() != ":":
                raise TemplateSyntaxError("expected a colon", self._line)
            self._at += 1
            found.append(Entry(key, self.value()))
            self._separator("}")
        self._at += 1
        return found

    def _separator(self, end: str) -> None:
        mark = self._here()
        if mark == ",":
            self._at += 1
        elif mark != end:
            raise TemplateSyntaxError(f"expected a comma or {end}", self._line)
