"""A query taken apart into words, texts and signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from funcyard.emulator.resourcegraph import errors

_TOKEN: Final = re.compile(
    r"(?P<space>\s+|//[^\n]*)"
    r"|(?P<text>'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<number>\d+)"
    r"|(?P<word>!?[A-Za-z_][A-Za-z0-9_]*~?)"
    r"|(?P<sign>==|!=|=~|!~|[|()\[\],.=])"
)

_DEEPEST: Final = 50


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a query.

    Attributes:
        kind: ``text``, ``number``, ``word``, ``sign``, or ``end``.
        text: What it says, without the quotes of a text.
    """

    kind: str
    text: str


def tokens(query: str) -> list[Token]:
    """Return the parts of a query, the last of which is its end.

    Raises:
        ArmError: There is something in it that is not read here.
    """
    found: list[Token] = []
    at = depth = 0
    while at < len(query):
        match = _TOKEN.match(query, at)
        if match is None:
            raise errors.unread(f"'{query[at : at + 20]}' is not read here.")
        kind = str(match.lastgroup)
        if kind == "text":
            found.append(Token(kind, re.sub(r"\\(.)", r"\1", match[0][1:-1])))
        elif kind != "space":
            depth += (match[0] == "(") - (match[0] == ")")
            if depth > _DEEPEST:
                raise errors.unread("The query is nested too deeply.")
            found.append(Token(kind, match[0]))
        at = match.end()
    return [*found, Token("end", "")]
