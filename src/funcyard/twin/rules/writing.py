"""From a condition to a text that means it."""

from __future__ import annotations

import json

from .tree import And, Comparison, Condition, Constant, Not, Operand, Or, Path


def write(condition: Condition) -> str:
    """Return a text that is parsed into an equal condition."""
    match condition:
        case Comparison():
            return f"{_operand(condition.left)} {condition.operator} {_operand(condition.right)}"
        case Not():
            return f"not {_inner(condition.of)}"
        case And():
            return " and ".join(map(_inner, condition.parts))
        case Or():
            return " or ".join(map(_inner, condition.parts))


def _inner(condition: Condition) -> str:
    text = write(condition)
    return f"({text})" if isinstance(condition, (And, Or)) else text


def _operand(operand: Operand) -> str:
    if isinstance(operand, Path):
        return str(operand)
    return f"{operand.data_type}({_value(operand)})"


def _value(constant: Constant) -> str:
    if isinstance(constant.value, str):
        return json.dumps(constant.value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(constant.value).lower()
