"""Conditions and values of a query, as functions of a row."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from funcyard.emulator.loganalytics.kql.errors import QueryError
from funcyard.emulator.loganalytics.kql.values import Value, moment, order, span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from funcyard.emulator.loganalytics.kql.lexer import Token

    Row = Mapping[str, Value]
    Reading = Callable[[Row], Value]

_DEEPEST: Final = 50
_TERM: Final = r"(?<![A-Za-z0-9]){}(?![A-Za-z0-9])"


class Expressions:
    """Reads expressions, one token after another.

    Args:
        tokens: Of the whole query.
        now: What ``now()`` is.
    """

    def __init__(self, tokens: list[Token], now: datetime) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._now = now
        self.columns: Mapping[str, str] = {}

    @property
    def token(self) -> Token:
        """The next token."""
        return self._tokens[self._at]

    def take(self, *texts: str) -> Token | None:
        """Take the next token where it is one of these words or signs; None where it is not."""
        token = self.token
        if token.kind in ("name", "sign") and token.text in texts:
            self._at += 1
            return token
        return None

    def expect(self, text: str) -> Token:
        """Take a word or sign.

        Raises:
            QueryError: Something else comes.
        """
        found = self.take(text)
        if found is None:
            raise self.unexpected(f"'{text}'")
        return found

    def kind(self, kind: str, what: str) -> Token:
        """Take a token of a kind.

        Raises:
            QueryError: Something else comes.
        """
        token = self.token
        if token.kind != kind:
            raise self.unexpected(what)
        self._at += 1
        return token

    def unexpected(self, wanted: str) -> QueryError:
        """Return the fault that something else than what is wanted comes."""
        token = self.token
        there = f"'{token.text}'" if token.kind != "end" else "the end"
        return QueryError(f"{wanted} is expected, and there is {there}", token.position)

    def column(self) -> str:
        """Take the name of a column.

        Raises:
            QueryError: It is none of the table's.
        """
        token = self.kind("name", "a column")
        if token.text not in self.columns:
            raise QueryError(f"there is no column '{token.text}' here", token.position)
        return token.text

    def condition(self) -> Reading:
        """Take a condition.

        Raises:
            QueryError: There is none.
        """
        parts = [self._all()]
        while self.take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)

    def _all(self) -> Reading:
        parts = [self._one()]
        while self.take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)

    def _one(self) -> Reading:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise QueryError("the query is nested too deeply", self.token.position)
        try:
            return self._compared()
        finally:
            self._depth -= 1

    def _compared(self) -> Reading:
        if self.take("not"):
            self.expect("(")
            denied = self.condition()
            self.expect(")")
            return lambda row: not denied(row)
        if self.take("("):
            inner = self.condition()
            self.expect(")")
            return inner
        left = self.value()
        for sign, holds in _SIGNS.items():
            if self.take(sign):
                right = self.value()
                return lambda row: holds(left(row), right(row))
        for word, among in (("in", True), ("!in", False)):
            if self.take(word):
                return self._among(left, among=among)
        if self.take("matches"):
            self.expect("regex")
            return self._matching(left)
        return left

    def _among(self, left: Reading, *, among: bool) -> Reading:
        self.expect("(")
        values = [self.value()]
        while self.take(","):
            values.append(self.value())
        self.expect(")")
        return lambda row: any(order(left(row), one(row)) == 0 for one in values) is among

    def _matching(self, left: Reading) -> Reading:
        token = self.kind("string", "a regular expression")
        try:
            pattern = re.compile(token.text)
        except re.error as fault:
            raise QueryError(f"no regular expression: {fault}", token.position) from None
        return lambda row: bool(pattern.search(str(left(row) or "")))

    def value(self) -> Reading:
        """Take a value: a constant, a column, or a function of the few that are known.

        Raises:
            QueryError: There is none.
        """
        token = self.token
        constant: Value
        if token.kind == "string":
            constant = token.text
        elif token.kind == "number":
            constant = float(token.text)
        elif token.kind == "span":
            constant = self._span(token)
        elif token.kind == "name" and token.text in ("true", "false"):
            constant = token.text == "true"
        elif token.kind == "name":
            return self._named()
        else:
            raise self.unexpected("a value")
        self._at += 1
        return lambda _row: constant

    def _named(self) -> Reading:
        token = self.token
        following = self._tokens[self._at + 1]
        if not (following.kind == "sign" and following.text == "("):
            name = self.column()
            return lambda row: row.get(name)
        self._at += 2
        found = self._call(token)
        self.expect(")")
        return found

    def _span(self, token: Token) -> timedelta | None:
        try:
            return span(token.text)
        except OverflowError:
            raise QueryError("the span is too long", token.position) from None

    def _before(self, given: timedelta, name: Token) -> Reading:
        try:
            then = self._now - given
        except OverflowError:
            raise QueryError("no time is so long ago", name.position) from None
        return lambda _row: then

    def _call(self, name: Token) -> Reading:
        """Take what is in the brackets of a function, and return what it gives."""
        now = self._now
        if name.text == "now":
            return lambda _row: now
        if name.text == "ago":
            given = self.value()({})
            if not isinstance(given, timedelta):
                raise QueryError("ago() takes a span, such as 10m", name.position)
            return self._before(given, name)
        if name.text == "datetime":
            return self._moment(name)
        if name.text in _FUNCTIONS:
            function, argument = _FUNCTIONS[name.text], self.value()
            return lambda row: function(argument(row))
        raise QueryError(f"the function '{name.text}' is not known here", name.position)

    def _moment(self, name: Token) -> Reading:
        """Take a moment, which may be written without quotes."""
        parts = []
        while not (self.token.kind == "sign" and self.token.text == ")"):
            if self.token.kind == "end":
                raise self.unexpected("')'")
            parts.append(self.token)
            self._at += 1
        if not parts:
            raise QueryError("datetime() is empty", name.position)
        found = moment(_written(parts))
        if found is None:
            raise QueryError(f"'{_written(parts)}' is no time", parts[0].position)
        return lambda _row: found


def _written(tokens: list[Token]) -> str:
    return "".join(one.text for one in tokens)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _is_empty(value: Value) -> bool:
    return value is None or value == ""


_FUNCTIONS: Final[Mapping[str, Callable[[Value], Value]]] = {
    "isempty": _is_empty,
    "isnotempty": lambda value: not _is_empty(value),
    "tolower": lambda value: _text(value).lower(),
    "toupper": lambda value: _text(value).upper(),
    "tostring": lambda value: "" if value is None else str(value),
    "strlen": lambda value: float(len(_text(value))),
}

_COMPARED: Final[Mapping[str, Callable[[int], bool]]] = {
    "==": lambda found: found == 0,
    ">=": lambda found: found >= 0,
    "<=": lambda found: found <= 0,
    ">": lambda found: found > 0,
    "<": lambda found: found < 0,
}


def _comparing(sign: str) -> Callable[[Value, Value], bool]:
    holds = _COMPARED[sign]

    def compared(left: Value, right: Value) -> bool:
        found = order(left, right)
        return found is not None and holds(found)

    return compared


def _has(left: Value, right: Value) -> bool:
    pattern = _TERM.format(re.escape(_text(right)))
    return bool(re.search(pattern, _text(left), re.IGNORECASE))


_TEXTUAL: Final[Mapping[str, Callable[[Value, Value], bool]]] = {
    "=~": lambda left, right: _text(left).lower() == _text(right).lower(),
    "contains": lambda left, right: _text(right).lower() in _text(left).lower(),
    "contains_cs": lambda left, right: _text(right) in _text(left),
    "startswith": lambda left, right: _text(left).lower().startswith(_text(right).lower()),
    "endswith": lambda left, right: _text(left).lower().endswith(_text(right).lower()),
    "has": _has,
}


def _not(holds: Callable[[Value, Value], bool]) -> Callable[[Value, Value], bool]:
    return lambda left, right: not holds(left, right)


_SIGNS: Final[Mapping[str, Callable[[Value, Value], bool]]] = {
    **{sign: _comparing(sign) for sign in _COMPARED},
    "!=": lambda left, right: order(left, right) != 0,
    "!~": _not(_TEXTUAL["=~"]),
    **_TEXTUAL,
    **{f"!{word}": _not(_TEXTUAL[word]) for word in ("contains", "startswith", "endswith", "has")},
}
