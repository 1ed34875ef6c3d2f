"""Queries of device twins: ``SELECT * FROM devices`` with a condition, and nothing else of it.

    condition  = term {OR term}            term  = factor {AND factor}
    factor     = NOT factor | ( condition ) | test
    test       = path OPERATOR constant | path [NOT] IN [constant, ...]
               | IS_DEFINED(path) | STARTSWITH(path, text) | ENDSWITH(...) | CONTAINS(...)

What a twin has not equals nothing and differs from nothing, as in Azure.
https://learn.microsoft.com/azure/iot-hub/iot-hub-devguide-query-language
"""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.iothub import errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.core.records import Json

    Condition = Callable[[Json], bool]

_MOST_LEVELS: Final = 50
_LONGEST: Final = 256 * 1024
_MOST_DIGITS: Final = 18
_TOKEN: Final = re.compile(
    r"""\s*(?:
        (?P<text>'(?:[^']|'')*'|"(?:[^"]|"")*")
      | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*)
      | (?P<sign><=|>=|!=|<>|[=<>()\[\],*])
    )""",
    re.VERBOSE,
)
_COMPARED: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TEXTS: Final[dict[str, Callable[[str, str], bool]]] = {
    "STARTSWITH": str.startswith,
    "STARTS_WITH": str.startswith,
    "ENDSWITH": str.endswith,
    "ENDS_WITH": str.endswith,
    "CONTAINS": operator.contains,
}
_CONSTANTS: Final = {"TRUE": True, "FALSE": False, "NULL": None}
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def upper(self) -> str:
        return self.text.upper()


def parse(text: str) -> Condition:
    """Return the condition of a query.

    Raises:
        HubError: It is none that is served.
    """
    if len(text) > _LONGEST:
        raise errors.bad_argument(f"The query is longer than {_LONGEST} characters.")
    reader = _Reader(_tokens(text))
    for word in ("SELECT", "*", "FROM", "DEVICES"):
        reader.expect(word)
    if reader.is_at_end:
        return lambda _: True
    reader.expect("WHERE")
    condition = reader.condition(0)
    if not reader.is_at_end:
        raise reader.unexpected()
    return condition


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _refused(text[at : at + 20].strip(), at)
        kind = str(match.lastgroup)
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    @property
    def is_at_end(self) -> bool:
        return self._next == len(self._tokens)

    def expect(self, word: str) -> None:
        if not self._skip(word):
            raise self.unexpected()

    def unexpected(self) -> errors.HubError:
        if self.is_at_end:
            return errors.bad_argument("The query ends too early.")
        token = self._tokens[self._next]
        return _refused(token.text, token.at)

    def condition(self, level: int) -> Condition:
        if level > _MOST_LEVELS:
            raise errors.bad_argument("The query is nested too deeply.")
        terms = [self._term(level)]
        while self._skip("OR"):
            terms.append(self._term(level))
        return terms[0] if len(terms) == 1 else lambda twin: any(term(twin) for term in terms)

    def _term(self, level: int) -> Condition:
        factors = [self._factor(level)]
        while self._skip("AND"):
            factors.append(self._factor(level))
        return factors[0] if len(factors) == 1 else lambda twin: all(one(twin) for one in factors)

    def _factor(self, level: int) -> Condition:
        if self._skip("NOT"):
            if level > _MOST_LEVELS:
                raise errors.bad_argument("The query is nested too deeply.")
            inner = self._factor(level + 1)
            return lambda twin: not inner(twin)
        if self._skip("("):
            inner = self.condition(level + 1)
            self.expect(")")
            return inner
        return self._test()

    def _test(self) -> Condition:
        word = self._take("word")
        if self._skip("("):
            return self._function(word)
        path = word.text
        is_other = self._skip("NOT")
        if is_other or self._is_next("IN"):
            self.expect("IN")
            return self._among(path, is_other=is_other)
        sign = self._take("sign")
        compare = _COMPARED.get(sign.text)
        if compare is None:
            raise _refused(sign.text, sign.at)
        constant = self._constant()
        return lambda twin: _compared(compare, _value(twin, path), constant)

    def _among(self, path: str, *, is_other: bool) -> Condition:
        self.expect("[")
        constants = [self._constant()]
        while self._skip(","):
            constants.append(self._constant())
        self.expect("]")

        def holds(twin: Json) -> bool:
            value = _value(twin, path)
            if value is _ABSENT:
                return False
            return is_other != any(_compared(operator.eq, value, one) for one in constants)

        return holds

    def _function(self, word: _Token) -> Condition:
        path = self._take("word").text
        if word.upper == "IS_DEFINED":
            self.expect(")")
            return lambda twin: _value(twin, path) is not _ABSENT
        test = _TEXTS.get(word.upper)
        if test is None:
            raise _refused(word.text, word.at)
        self.expect(",")
        wanted = self._constant()
        self.expect(")")

        def holds(twin: Json) -> bool:
            value = _value(twin, path)
            return isinstance(value, str) and isinstance(wanted, str) and test(value, wanted)

        return holds

    def _constant(self) -> Any:  # noqa: ANN401 - JSON
        if self.is_at_end:
            raise self.unexpected()
        token = self._tokens[self._next]
        if token.kind == "text":
            self._next += 1
            quote = token.text[0]
            return token.text[1:-1].replace(quote * 2, quote)
        if token.kind == "number":
            self._next += 1
            is_whole = len(token.text) <= _MOST_DIGITS and not set(token.text) & set(".eE")
            return int(token.text) if is_whole else float(token.text)
        if token.upper in _CONSTANTS:
            self._next += 1
            return _CONSTANTS[token.upper]
        raise self.unexpected()

    def _take(self, kind: str) -> _Token:
        if self.is_at_end or self._tokens[self._next].kind != kind:
            raise self.unexpected()
        self._next += 1
        return self._tokens[self._next - 1]

    def _is_next(self, word: str) -> bool:
        return not self.is_at_end and self._tokens[self._next].upper == word

    def _skip(self, word: str) -> bool:
        if self._is_next(word) and self._tokens[self._next].kind in {"word", "sign"}:
            self._next += 1
            return True
        return False


def _compared(compare: Callable[[Any, Any], bool], value: Any, constant: Any) -> bool:  # noqa: ANN401 - JSON
    """Compare values of one kind; those of two kinds are neither equal nor in any order."""
    if value is _ABSENT or _kind(value) is not _kind(constant):
        return False
    try:
        return bool(compare(value, constant))
    except TypeError:
        return False


def _kind(value: Any) -> type:  # noqa: ANN401 - JSON
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float if is_number else type(value)


def _value(twin: Json, path: str) -> Any:  # noqa: ANN401 - JSON
    found: Any = twin
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            return _ABSENT
        found = found[name]
    return found


def _refused(text: str, at: int) -> errors.HubError:
    served = "it takes SELECT * FROM devices with a condition"
    return errors.bad_argument(
        f"The local IoT Hub does not understand '{text}' at {at} of the query; {served}."
    )
