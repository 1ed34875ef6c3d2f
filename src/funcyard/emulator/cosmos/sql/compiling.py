"""From an expression to a function of an item."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from funcyard.emulator.cosmos.sql import tree
from funcyard.emulator.cosmos.sql.errors import QueryError
from funcyard.emulator.cosmos.sql.functions import FUNCTIONS
from funcyard.emulator.cosmos.sql.values import (
    UNDEFINED,
    Kind,
    Value,
    compare,
    kind,
    number,
    same,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

Parameters: TypeAlias = Mapping[str, Value]
Evaluated: TypeAlias = Callable[[Value], Value]


_ORDERS: Final[dict[str, Callable[[int], bool]]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
_ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "%": math.fmod,  # whose sign is that of the left side, other than in Python
}


def compiled(expression: tree.Expression, parameters: Parameters) -> Evaluated:
    """Return what tells the value of an expression for an item.

    Raises:
        QueryError: A parameter has no value.
    """
    return _Compiler(parameters).of(expression)


class _Compiler:
    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def of(self, expression: tree.Expression) -> Evaluated:
        match expression:
            case tree.Constant(value):
                found: Evaluated = lambda _: value  # noqa: E731 - one of many ways
            case tree.Parameter(name):
                found = self._parameter(name)
            case tree.Item():
                found = _itself
            case tree.Member(of, key):
                found = _member(self.of(of), self.of(key))
            case tree.Unary(sign, operand):
                found = _unary(sign, self.of(operand))
            case tree.Logic(sign, operands):
                found = _logical(self.all(operands), decides=sign == "OR")
            case tree.Binary(sign, left, right):
                found = _binary(sign, self.of(left), self.of(right))
            case _:
                found = self._of_several(expression)
        return found

    def all(self, expressions: Iterable[tree.Expression]) -> list[Evaluated]:
        return [self.of(one) for one in expressions]

    def _of_several(
        self, expression: tree.In | tree.Between | tree.Call | tree.ArrayOf | tree.ObjectOf
    ) -> Evaluated:
        match expression:
            case tree.In(operand, options):
                wanted = self.of(operand)
                sides = [_binary("=", wanted, option) for option in self.all(options)]
                return _logical(sides, decides=True)
            case tree.Between(operand, low, high):
                value = self.of(operand)
                above = _binary(">=", value, self.of(low))
                return _logical([above, _binary("<=", value, self.of(high))], decides=False)
            case tree.Call(name, arguments):
                return _call(name, self.all(arguments))
            case tree.ArrayOf(items):
                return _array(self.all(items))
            case tree.ObjectOf(names, values):
                return _object(list(zip(names, self.all(values), strict=True)))

    def _parameter(self, name: str) -> Evaluated:
        if name not in self._parameters:
            raise QueryError(f"The query parameter '{name}' is not defined.", code="SC2020")
        given = self._parameters[name]
        return lambda _: given


def _itself(item: Value) -> Value:
    return item


def _member(of: Evaluated, key: Evaluated) -> Evaluated:
    def value(item: Value) -> Value:
        whole, name = of(item), key(item)
        if isinstance(whole, dict) and isinstance(name, str):
            return whole.get(name, UNDEFINED)
        if isinstance(whole, list) and isinstance(name, int) and not isinstance(name, bool):
            return whole[name] if 0 <= name < len(whole) else UNDEFINED
        return UNDEFINED

    return value


def _unary(sign: str, operand: Evaluated) -> Evaluated:
    def negation(item: Value) -> Value:
        found = operand(item)
        return not found if isinstance(found, bool) else UNDEFINED

    def signed(item: Value) -> Value:
        found = operand(item)
        if kind(found) is not Kind.NUMBER:
            return UNDEFINED
        return number(-found) if sign == "-" else found

    return negation if sign == "NOT" else signed


def _binary(sign: str, left: Evaluated, right: Evaluated) -> Evaluated:
    match sign:
        case "=":
            return lambda item: same(left(item), right(item))
        case "!=":
            return _unary("NOT", lambda item: same(left(item), right(item)))
        case "<" | "<=" | ">" | ">=":
            return _ordered(_ORDERS[sign], left, right)
        case _:
            return lambda item: _calculated(sign, left(item), right(item))


def _logical(operands: list[Evaluated], *, decides: bool) -> Evaluated:
    """Return AND (one false decides) or OR (one true does); what is no boolean is undefined."""

    def value(item: Value) -> Value:
        is_known = True
        for operand in operands:
            found = operand(item)
            if found is decides:
                return decides
            is_known = is_known and isinstance(found, bool)
        return not decides if is_known else UNDEFINED

    return value


def _ordered(fits: Callable[[int], bool], left: Evaluated, right: Evaluated) -> Evaluated:
    def value(item: Value) -> Value:
        order = compare(left(item), right(item))
        return fits(order) if isinstance(order, int) else UNDEFINED

    return value


def _calculated(sign: str, one: Value, other: Value) -> Value:
    if kind(one) is not Kind.NUMBER or kind(other) is not Kind.NUMBER:
        return UNDEFINED
    if sign in {"/", "%"} and not other:
        return UNDEFINED
    try:
        return number(_ARITHMETIC[sign](float(one), float(other)))
    except OverflowError:
        return UNDEFINED


def _call(name: str, arguments: list[Evaluated]) -> Evaluated:
    function = FUNCTIONS[name].of
    return lambda item: function(*[one(item) for one in arguments])


def _array(items: list[Evaluated]) -> Evaluated:
    def value(item: Value) -> Value:
        made = [one(item) for one in items]
        return [one for one in made if one is not UNDEFINED]

    return value


def _object(members: list[tuple[str, Evaluated]]) -> Evaluated:
    def value(item: Value) -> Value:
        made = [(name, one(item)) for name, one in members]
        return {name: one for name, one in made if one is not UNDEFINED}

    return value
