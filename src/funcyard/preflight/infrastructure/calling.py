"""Calls within an expression: what they are given is evaluated, then the function is asked.

Names of the template and ids of its resources are asked of the template, what takes lambdas of
``lambdas.py``, everything else of ``calls.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.calls import called, composed
from funcyard.preflight.infrastructure.lambdas import LAMBDA_FUNCTIONS
from funcyard.preflight.infrastructure.syntax import Lambda

if TYPE_CHECKING:
    from funcyard.preflight.infrastructure.evaluation import Evaluator
    from funcyard.preflight.infrastructure.meanings import Meanings, Variables
    from funcyard.preflight.infrastructure.syntax import Call
    from funcyard.preflight.infrastructure.value import Value


def call(node: Call, variables: Variables, evaluator: Evaluator, meanings: Meanings) -> Value:
    """Return what a call yields, unknown where that cannot be told.

    Args:
        node: The call.
        variables: What loops and lambdas around it have given names to.
        evaluator: Evaluates what it is given.
        meanings: What the names of its template mean.

    Raises:
        RecursionError: It is nested too deeply.
    """
    line, name = node.line, node.function.lower()
    if name in LAMBDA_FUNCTIONS:
        return _call_with_lambda(node, variables, evaluator)
    arguments = tuple(evaluator.value(argument, variables) for argument in node.arguments)
    if name in {"parameters", "variables"} and len(arguments) == 1:
        return meanings.meaning(arguments[0].text, line)
    if name == "resourceid":
        return _resource_id(line, arguments, evaluator, meanings)
    found = called(name, arguments, *evaluator.place(line))
    return found or _not_told(node, arguments, evaluator)


def _not_told(node: Call, arguments: tuple[Value, ...], evaluator: Evaluator) -> Value:
    text = composed(node.function.lower(), arguments)
    if text is not None:
        return evaluator.unknown(node.line, text, composed=True)
    texts = ",".join(argument.text for argument in arguments)
    return evaluator.unknown(node.line, f"{node.function}({texts})")


def _call_with_lambda(node: Call, variables: Variables, evaluator: Evaluator) -> Value:
    """Return what a function yields to which lambdas may be given, and values."""

    def applied(given: Lambda, values: tuple[Value, ...]) -> Value:
        inner = dict(zip(given.names, values, strict=False))
        return evaluator.value(given.body, {**variables, **inner})

    arguments = tuple(
        argument if isinstance(argument, Lambda) else evaluator.value(argument, variables)
        for argument in node.arguments
    )
    data = LAMBDA_FUNCTIONS[node.function.lower()](arguments, applied)
    if data is None:
        return evaluator.unknown(node.line, f"{node.function}#{evaluator.file}:{node.line}")
    return evaluator.at(node.line, data)


def _resource_id(
    line: int, arguments: tuple[Value, ...], evaluator: Evaluator, meanings: Meanings
) -> Value:
    texts = [argument.text for argument in arguments]
    kind = next((i for i, text in enumerate(texts) if "/" in text and "{" not in text), None)
    if kind is None:
        return evaluator.unknown(line, f"resourceId({','.join(texts)})")
    name, scope = "/".join(texts[kind + 1 :]), ",".join(texts[:kind])
    return evaluator.unknown(line, meanings.id_of_named(texts[kind], name, scope))
