"""From the text of a query to its tokens."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from funcyard.emulator.cosmos.sql.errors import syntax
from funcyard.emulator.cosmos.sql.values import UNDEFINED, Value, number

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
  | (?P<filter>\{documentdb-formattableorderbyquery-filter\})
  | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<word>(?:[^\W\d]|\$)\w*)
  | (?P<parameter>@\w+)
  | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<symbol>!=|<>|<=|>=|[-+*/%=<>(),.:\[\]{}])
    """,
    re.VERBOSE | re.DOTALL,
)
_SINGLE: Final = re.compile(r"""\\'|"|[\x00-\x1f]""")


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a query's text.

    Attributes:
        kind: ``number``, ``word``, ``parameter``, ``text``, ``symbol``, ``filter`` or ``end``.
        text: As it was written.
        start: Where.
        value: Of a number or a text.
    """

    kind: str
    text: str
    start: int
    value: Value = None

    def is_word(self, *words: str) -> bool:
        """Whether it is one of some keywords, in any case."""
        return self.kind == "word" and self.text.upper() in words

    def is_symbol(self, *symbols: str) -> bool:
        """Whether it is one of some symbols."""
        return self.kind == "symbol" and self.text in symbols


def tokens(text: str) -> list[Token]:
    """Return the tokens of a query, one of the kind ``end`` last.

    Raises:
        QueryError: Something in it is none.
    """
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise syntax(text[at], at)
        name = match.lastgroup or ""
        if name != "space":
            found.append(Token(name, match[0], at, _value(name, match[0], at)))
        at = match.end()
    return [*found, Token("end", "", len(text))]


def _value(name: str, text: str, at: int) -> Value:
    if name == "number":
        found = number(float(text))
        if found is UNDEFINED:
            raise syntax(text, at)
        return found
    if name == "text":
        return _unquoted(text, at)
    return None


def _unquoted(text: str, at: int) -> str:
    inner = text[1:-1]
    if text[0] == "'":
        inner = _SINGLE.sub(_escaped, inner)
    else:
        inner = re.sub(r"[\x00-\x1f]", _escaped, inner)
    try:
        return str(json.loads(f'"{inner}"'))
    except ValueError:
        raise syntax(text, at) from None


def _escaped(found: re.Match[str]) -> str:
    """Return what a text of JSON has for a sign of one in single quotes."""
    if found[0] == r"\'":
        return "'"
    return rf"\u{ord(found[0]):04x}"
