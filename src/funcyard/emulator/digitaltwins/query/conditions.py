"""Conditions of a query, read: comparisons, lists and functions, joined by NOT, AND and OR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.digitaltwins.query.functions import ARGUMENTS, IS_OF_MODEL
from funcyard.emulator.digitaltwins.query.nodes import (
    Comparison,
    Function,
    Joined,
    Listed,
    Literal,
    Not,
    Path,
)
from funcyard.emulator.digitaltwins.query.tokens import NAME, NUMBER, TEXT

if TYPE_CHECKING:
    from funcyard.emulator.digitaltwins.query.nodes import Expression
    from funcyard.emulator.digitaltwins.query.reader import Reader

_SIGNS: Final = ("=", "!=", "<", "<=", ">", ">=")
_WORDS: Final[dict[str, bool | None]] = {"TRUE": True, "FALSE": False, "NULL": None}
_DEEPEST: Final = 50
_DIGITS: Final = 20


def condition(reader: Reader, depth: int = 0) -> Expression:
    """Read a condition.

    Raises:
        TwinsError: It is none.
    """
    if depth > _DEEPEST:
        raise reader.refused(reader.next, f"conditions lie deeper than {_DEEPEST} in each other")
    parts = [_all(reader, depth)]
    while reader.takes_word("OR"):
        parts.append(_all(reader, depth))
    return parts[0] if len(parts) == 1 else Joined(is_all=False, parts=tuple(parts))


def path(reader: Reader) -> Path:
    """Read a value of a row.

    Raises:
        TwinsError: It is none.
    """
    first = reader.name()
    parts = [first.text]
    while reader.takes_sign("."):
        parts.append(reader.name().text)
    return Path(tuple(parts), first.at)


def paths(expression: Expression) -> list[Path]:
    """Return the values of a row that an expression asks for."""
    match expression:
        case Path():
            return [expression]
        case Comparison(left=left, right=right):
            return [*paths(left), *paths(right)]
        case Not(inner=inner):
            return paths(inner)
        case Function(arguments=parts) | Joined(parts=parts):
            return [one for part in parts for one in paths(part)]
        case _:
            return []


def _all(reader: Reader, depth: int) -> Expression:
    parts = [_one(reader, depth)]
    while reader.takes_word("AND"):
        parts.append(_one(reader, depth))
    return parts[0] if len(parts) == 1 else Joined(is_all=True, parts=tuple(parts))


def _one(reader: Reader, depth: int) -> Expression:
    if depth > _DEEPEST:
        raise reader.refused(reader.next, f"conditions lie deeper than {_DEEPEST} in each other")
    if reader.takes_word("NOT"):
        return Not(_one(reader, depth + 1))
    if reader.takes_sign("("):
        inner = condition(reader, depth + 1)
        reader.sign(")")
        return inner
    left = _value(reader, depth)
    if reader.next.is_sign(*_SIGNS):
        sign = reader.take().text
        return Comparison(sign, left, _value(reader, depth))
    if reader.next.is_word("IN", "NIN"):
        sign = reader.take().text.upper()
        return Comparison(sign, left, _list(reader))
    if not isinstance(left, Function):
        raise reader.unexpected("a comparison")
    return left


def _value(reader: Reader, depth: int) -> Expression:
    token = reader.next
    if depth > _DEEPEST:
        raise reader.refused(token, f"functions lie deeper than {_DEEPEST} in each other")
    if token.kind in {TEXT, NUMBER} or token.is_word(*_WORDS):
        return _literal(reader)
    if token.kind != NAME:
        raise reader.unexpected("a value")
    read = path(reader)
    if not reader.next.is_sign("("):
        return read
    name = token.text.upper()
    if len(read.parts) > 1 or name not in ARGUMENTS:
        raise reader.refused(token, f"the function '{'.'.join(read.parts)}' is not known")
    reader.take()
    arguments: list[Expression] = []
    if not reader.takes_sign(")"):
        arguments.append(_value(reader, depth + 1))
        while reader.takes_sign(","):
            arguments.append(_argument(reader, name, depth + 1))
        reader.sign(")")
    if len(arguments) not in ARGUMENTS[name]:
        allowed = " or ".join(map(str, ARGUMENTS[name]))
        raise reader.refused(token, f"{name} takes {allowed} values, not {len(arguments)}")
    return Function(name, tuple(arguments), token.at)


def _argument(reader: Reader, function: str, depth: int) -> Expression:
    if function == IS_OF_MODEL and reader.next.is_word("EXACT"):
        reader.take()
        return Literal(value=True)
    return _value(reader, depth)


def _literal(reader: Reader) -> Literal:
    token = reader.take()
    if token.kind == TEXT:
        return Literal(token.text)
    if token.kind == NUMBER:
        is_whole = len(token.text) < _DIGITS and token.text.lstrip("-").isdecimal()
        return Literal(int(token.text) if is_whole else float(token.text))
    if token.is_word(*_WORDS):
        return Literal(_WORDS[token.text.upper()])
    raise reader.refused(token, f"'{token.text}' is no value")


def _list(reader: Reader) -> Listed:
    reader.sign("[")
    values = [_literal(reader).value]
    while reader.takes_sign(","):
        values.append(_literal(reader).value)
    reader.sign("]")
    return Listed(tuple(values))
