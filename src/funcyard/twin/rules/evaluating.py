"""Whether a condition holds, given values."""

from __future__ import annotations

import operator as of_two
from typing import TYPE_CHECKING, Any, Final

from .errors import EvaluationError
from .tree import And, Comparison, Condition, Constant, Not, Operand, Operator, Or, Path

if TYPE_CHECKING:
    from collections.abc import Callable

_COMPARE: Final[dict[Operator, Callable[[Any, Any], bool]]] = {
    "<": of_two.lt,
    "<=": of_two.le,
    ">": of_two.gt,
    ">=": of_two.ge,
    "==": of_two.eq,
    "!=": of_two.ne,
}


def holds(condition: Condition, value_of: Callable[[Path], object]) -> bool | None:
    """Tell whether a condition holds; None where values that are not there decide.

    A comparison with a value that is not there is neither true nor false, and its opposite neither
    (Kleene's logic), so no event happens by a device that has not spoken yet.

    Args:
        condition: The condition.
        value_of: The value of a path, None where it has none. Every path is asked for at most as
            often as it stands in the condition.

    Raises:
        EvaluationError: A value is of another type than what it is compared with.
    """
    match condition:
        case Comparison():
            return _compare(condition, value_of)
        case Not():
            inner = holds(condition.of, value_of)
            return None if inner is None else not inner
        case And():
            return _joined(condition.parts, value_of, decisive=False)
        case Or():
            return _joined(condition.parts, value_of, decisive=True)


def _joined(
    parts: tuple[Condition, ...], value_of: Callable[[Path], object], *, decisive: bool
) -> bool | None:
    """Return the decisive value where one part has it, None where one of the others has none."""
    unknown = False
    for part in parts:
        found = holds(part, value_of)
        if found is decisive:
            return decisive
        unknown = unknown or found is None
    return None if unknown else not decisive


def _compare(one: Comparison, value_of: Callable[[Path], object]) -> bool | None:
    left, right = _value(one.left, value_of), _value(one.right, value_of)
    if left is None or right is None:
        return None
    kind = _kind(one.left, left)
    if kind != _kind(one.right, right):
        raise EvaluationError(f"{_told(one.left, left)} is compared with {_told(one.right, right)}")
    if kind == "a truth value" and one.operator not in {"==", "!="}:
        raise EvaluationError(f"{_told(one.left, left)} has no order")
    return _COMPARE[one.operator](left, right)


def _value(operand: Operand, value_of: Callable[[Path], object]) -> object:
    return operand.value if isinstance(operand, Constant) else value_of(operand)


def _kind(operand: Operand, value: object) -> str:
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a text"
    raise EvaluationError(f"{_named(operand)} is neither number, text nor truth value")


def _told(operand: Operand, value: object) -> str:
    kind = _kind(operand, value)
    return kind if isinstance(operand, Constant) else f"{operand}, {kind},"


def _named(operand: Operand) -> str:
    return f"a {operand.data_type}" if isinstance(operand, Constant) else str(operand)
