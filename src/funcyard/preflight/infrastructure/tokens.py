"""The words of a Bicep file, each with its line: names, numbers, texts, punctuation, line ends.

A text with values set in is one token whose parts are pieces of text and the tokens of each value.
The words are those of https://learn.microsoft.com/azure/azure-resource-manager/bicep/file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.syntax import TemplateSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(
    r"""
    (?P<skip>[ \t\r\ufeff]+|//[^\n]*|\#[A-Za-z][^\n]*)
  | (?P<comment>/\*.*?\*/)
  | (?P<end>\n)
  | (?P<long>\$*'''.*?'''(?!'))
  | (?P<quote>')
  | (?P<number>\d+)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | (?P<mark>\.\.\.|=>|\?\?|==|!=|=~|!~|<=|>=|&&|\|\||::|\.\?|\[\?|\[\^|[-+*/%<>=!?:.,(){}\[\]|@^])
    """,
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(r"(?:[^'\\$\n]|\\u\{[0-9A-Fa-f]+\}|\\.|\$(?!\{))*")
_ESCAPE = re.compile(r"\\(u\{([0-9A-Fa-f]+)\}|.)")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word.

    Attributes:
        kind: ``name``, ``number``, ``text``, ``mark``, or ``end`` for the end of a line.
        text: As written; of a text, all of it.
        line: Where it begins, from 1.
        parts: Of a text: its pieces, and the tokens of each value set in.
    """

    kind: str
    text: str
    line: int
    parts: tuple[str | tuple[Token, ...], ...] = ()


def tokens_of(text: str) -> tuple[Token, ...]:
    """Return the words of a file.

    Raises:
        TemplateSyntaxError: A character or an end that Bicep does not know.
    """
    return tuple(_Lexer(text).tokens())


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def tokens(self, *, inside: bool = False) -> Iterator[Token]:
        """Yield words up to the end, or up to the brace that ends a value inside a text."""
        depth = 0
        while self._at < len(self._text):
            match = _WORD.match(self._text, self._at)
            if match is None:
                raise TemplateSyntaxError(f"unknown {self._text[self._at]!r}", self._line)
            kind, word, line = str(match.lastgroup), match[0], self._line
            if inside and word == "}" and depth == 0:
                return
            depth += (word == "{") - (word == "}")
            self._at = match.end()
            self._line += word.count("\n")
            if kind == "quote":
                yield self._string(line)
            elif kind == "long":
                yield _long(word, line)
            elif kind not in {"skip", "comment"}:
                yield Token(kind, word, line)
        if inside:
            raise TemplateSyntaxError("a value inside a text has no end", self._line)

    def _string(self, line: int) -> Token:
        begin = self._at - 1
        parts: list[str | tuple[Token, ...]] = []
        while True:
            piece = _PIECE.match(self._text, self._at)
            if piece and piece[0]:
                parts.append(_ESCAPE.sub(_unescaped, piece[0]))
                self._at = piece.end()
            if self._text.startswith("'", self._at):
                self._at += 1
                return Token("text", self._text[begin : self._at], line, tuple(parts))
            if not self._text.startswith("${", self._at):
                raise TemplateSyntaxError("a text has no end", line)
            self._at += 2
            parts.append(tuple(self.tokens(inside=True)))
            self._at += 1


def _unescaped(match: re.Match[str]) -> str:
    return chr(int(match[2], 16)) if match[2] else _ESCAPED.get(match[1], match[1])


def _long(word: str, line: int) -> Token:
    marks = len(word) - len(word.lstrip("$"))
    text = word[marks + 3 : -3].removeprefix("\r").removeprefix("\n")
    if marks and "$" * marks + "{" in text:
        raise TemplateSyntaxError("values in a text of several lines are not read", line)
    return Token("text", word, line, (text,))
