"""A query as tokens."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from funcyard.emulator.loganalytics.kql.errors import QueryError

LONGEST: Final = 64 * 1024
"""Characters of the longest query."""

_TOKEN: Final = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<span>\d+(?:\.\d+)?(?:d|h|m|s|ms)\b)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<verbatim>@"(?:[^"]|"")*"|@'(?:[^']|'')*')
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<name>!?[A-Za-z_][A-Za-z0-9_]*~?)
    |(?P<sign>==|!=|=~|!~|>=|<=|[|(),<>=*-])""",
    re.VERBOSE,
)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Token:
    """A part of a query.

    Attributes:
        kind: ``name``, ``string``, ``number``, ``span``, ``sign`` or ``end``.
        text: As it was written; of a string, what it says.
        position: Where it begins.
    """

    kind: str
    text: str
    position: int


def tokens_of(query: str) -> list[Token]:
    """Return the tokens of a query, an end last.

    Raises:
        QueryError: Something is none.
    """
    if len(query) > LONGEST:
        raise QueryError(f"a query has at most {LONGEST} characters", LONGEST)
    found, position = [], 0
    while position < len(query):
        match = _TOKEN.match(query, position)
        if match is None:
            raise QueryError(f"{query[position]!r} is not expected", position)
        kind, text = str(match.lastgroup), match[0]
        if kind == "string":
            text = re.sub(r"\\(.)", lambda one: _ESCAPES.get(one[1], one[1]), text[1:-1])
        elif kind == "verbatim":
            kind, text = "string", text[2:-1].replace(text[1] * 2, text[1])
        if kind != "space":
            found.append(Token(kind, text, position))
        position = match.end()
    return [*found, Token("end", "", len(query))]
