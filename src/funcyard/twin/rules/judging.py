"""What in a condition does not fit the types of the properties that it speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import ConditionError
from .tree import Comparison, Condition, Constant, DataType, Operand, comparisons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NUMBERS = frozenset({"DOUBLE", "INTEGER"})
_EQUALITIES = frozenset({"==", "!="})


def judge(
    condition: Condition, text: str, type_of: Callable[[Operand], DataType | None]
) -> Iterator[ConditionError]:
    """Yield every comparison that cannot be made.

    Args:
        condition: What ``text`` was parsed into.
        text: The text, for the faults.
        type_of: The type of an operand, None where nothing is known of it.
    """
    for one in comparisons(condition):
        left, right = type_of(one.left), type_of(one.right)
        if left is not None and right is not None:
            message = _mismatch(one, left, right)
            if message:
                yield ConditionError(message, text, one.position, _hint(one, left, right))


def _mismatch(one: Comparison, left: DataType, right: DataType) -> str | None:
    if left != right and not {left, right} <= _NUMBERS:
        return f"{_named(one.left, left)} cannot be compared with {_named(one.right, right)}"
    if left == "BOOLEAN" and one.operator not in _EQUALITIES:
        return f"truth values have no order, so {one.operator} says nothing"
    return None


def _named(operand: Operand, data_type: DataType) -> str:
    if isinstance(operand, Constant):
        return f"a {data_type}"
    return f"{operand}, which is {data_type},"


def _hint(one: Comparison, left: DataType, right: DataType) -> str:
    if left == right:
        return "write == or !="
    if isinstance(one.right, Constant):
        return f"write {left}(…)"
    if isinstance(one.left, Constant):
        return f"write {right}(…)"
    return "compare properties of one type"
