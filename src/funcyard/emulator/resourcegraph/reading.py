"""A query read: its table, and the steps that turn rows into other rows.

Read are ``where``, ``project``, ``order by``, ``limit`` and ``count``; all else is refused, for a
query that is half understood finds the wrong things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.digits import whole_number
from funcyard.emulator.resourcegraph import errors, expressions
from funcyard.emulator.resourcegraph.lexing import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.resourcegraph.lexing import Token

    Row = dict[str, Any]
    Step = Callable[[list[Row]], list[Row]]

RESOURCES: Final = "resources"
CONTAINERS: Final = "resourcecontainers"


@dataclass(frozen=True, slots=True)
class Query:
    """What a query means.

    Attributes:
        table: Whose rows, in lower case.
        steps: What is done with them, in order.
    """

    table: str
    steps: tuple[Step, ...]

    def answer(self, rows: list[Row]) -> list[Row]:
        """Return what the query makes of the rows of its table."""
        for step in self.steps:
            rows = step(rows)
        return rows


class Reader:
    """Goes through the parts of a query."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._at = 0

    @property
    def ahead(self) -> Token:
        """What comes next."""
        return self._tokens[self._at]

    def is_before(self, text: str) -> bool:
        """Whether a sign stands behind what comes next."""
        return self.ahead.kind == "word" and self._tokens[self._at + 1].text == text

    def take(self) -> Token:
        """Return what comes next, and go on behind it.

        Raises:
            ArmError: The query ends here.
        """
        token = self.ahead
        if token.kind == "end":
            raise errors.unread("The query ends too early.")
        self._at += 1
        return token

    def has(self, text: str) -> bool:
        """Whether a sign or word comes next; then go on behind it."""
        found = self.ahead.kind in {"word", "sign"} and self.ahead.text.lower() == text
        self._at += found
        return found

    def expect(self, text: str) -> None:
        """Go on behind a sign.

        Raises:
            ArmError: Something else comes next.
        """
        if not self.has(text):
            raise errors.unread(f"'{text}' was expected, not '{self.ahead.text}'.")


def read(text: str) -> Query:
    """Return what a query means.

    Raises:
        ArmError: It is none, or not one that is read here.
    """
    reader = Reader(text)
    table = RESOURCES
    if reader.ahead.text.lower() not in _STEPS:
        name = reader.take().text
        table = name.lower()
        if table not in {RESOURCES, CONTAINERS}:
            raise errors.unresolved(name)
        if reader.ahead.kind != "end":
            reader.expect("|")
    steps: list[Step] = []
    while reader.ahead.kind != "end":
        word = reader.take().text
        step = _STEPS.get(word.lower())
        if step is None:
            raise errors.unread(f"The operator '{word}' is not read here.")
        steps.append(step(reader))
        if reader.ahead.kind != "end":
            reader.expect("|")
    return Query(table, tuple(steps))


def _where(reader: Reader) -> Step:
    holds = expressions.condition(reader)
    return lambda rows: [row for row in rows if holds(row)]


def _project(reader: Reader) -> Step:
    chosen: dict[str, Callable[[Row], Any]] = {}
    while True:
        name = reader.ahead.text
        if reader.is_before("="):
            reader.take()
            reader.expect("=")
        chosen[name] = expressions.value(reader)
        if not reader.has(","):
            return lambda rows: [{name: one(row) for name, one in chosen.items()} for row in rows]


def _order(reader: Reader) -> Step:
    reader.expect("by")
    key = expressions.value(reader)
    # Kusto sorts downwards unless asked otherwise.
    is_upward = reader.has("asc")
    if not is_upward:
        reader.has("desc")
    return lambda rows: sorted(rows, key=lambda row: str(key(row)), reverse=not is_upward)


def _limit(reader: Reader) -> Step:
    token = reader.take()
    number = whole_number(token.text) if token.kind == "number" else None
    if number is None:
        raise errors.unread(f"A number was expected, not '{token.text[:40]}'.")
    return lambda rows: rows[:number]


def _count(_reader: Reader) -> Step:
    return lambda rows: [{"Count": len(rows)}]


_STEPS: Final = {
    "where": _where,
    "project": _project,
    "order": _order,
    "sort": _order,
    "limit": _limit,
    "take": _limit,
    "count": _count,
}
