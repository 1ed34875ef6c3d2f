"""The words of a query, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from funcyard.emulator.digitaltwins import errors

END: Final = "end"
NAME: Final = "name"
NUMBER: Final = "number"
TEXT: Final = "text"
SIGN: Final = "sign"

_PARTS: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<name>[A-Za-z_$][A-Za-z0-9_$]*)
    |(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    |(?P<text>'(?:[^'\\]|\\.)*')
    |(?P<sign><=|>=|!=|[=<>()\[\],.*])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A word.

    Attributes:
        kind: Which.
        text: As it was written; of a text what it means.
        at: Where it begins, counted from 0.
    """

    kind: str
    text: str
    at: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of some words of the language, in any case."""
        return self.kind == NAME and self.text.upper() in words

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of some signs."""
        return self.kind == SIGN and self.text in signs


def tokens(query: str) -> list[Token]:
    """Return the words of a query, and its end.

    Raises:
        TwinsError: Something is no word of the language.
    """
    found = []
    at = 0
    while at < len(query):
        match = _PARTS.match(query, at)
        if match is None:
            raise refused(query, at, f"token recognition error at: '{query[at]}'")
        kind = str(match.lastgroup)
        if kind != "space":
            text = _ESCAPED.sub(r"\1", match[0][1:-1]) if kind == TEXT else match[0]
            found.append(Token(kind, text, at))
        at = match.end()
    return [*found, Token(END, "<EOF>", len(query))]


def refused(query: str, at: int, message: str) -> errors.TwinsError:
    """Return the error for what is wrong at a place of a query."""
    before = query[:at]
    return errors.bad_query(before.count("\n") + 1, at - (before.rfind("\n") + 1), message)
