"""Whether a ``try`` goes on where an import in its body fails.

A handler may look at what is missing, ``if e.name != "orjson": raise``: then it goes on for that
module and for no other. https://docs.python.org/3/library/exceptions.html#ImportError
"""

from __future__ import annotations

import ast
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORGIVING = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
"""What catches a module that is not found."""

_NO_NAME = ""
_ASKING = ast.Eq | ast.NotEq | ast.In | ast.NotIn


class _Way(Enum):
    """How running some statements may end."""

    RAISES = auto()
    LEAVES = auto()
    GOES_ON = auto()


def forgives(handlers: Iterable[ast.ExceptHandler], module: str = _NO_NAME) -> bool:
    """Tell whether a ``try`` may go on where its body does not find a module.

    Args:
        handlers: Those of the ``try``; the first that catches it decides.
        module: The dotted name that is imported: it or a package that it lies in is missing;
            any module unless given.
    """
    for handler in handlers:
        if handler.type is None or names_in(handler.type) & FORGIVING:
            parts = module.split(".")
            missing = (".".join(parts[:depth]) for depth in range(1, len(parts) + 1))
            return any(_ways(handler.body, handler.name, name) != {_Way.RAISES} for name in missing)
    return False


def names_in(node: ast.AST | None) -> set[str]:
    """Return every name and attribute in an expression; ``os.name`` in one piece."""
    found: set[str] = set()
    for part in ast.walk(node) if node else ():
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add("os.name" if ast.unparse(part) == "os.name" else part.attr)
    return found


def _ways(body: Sequence[ast.stmt], fault: str | None, missing: str) -> set[_Way]:
    """Return how statements may end.

    Args:
        body: The statements.
        fault: The name that the exception is bound to.
        missing: The module that it names; empty where that is not known.
    """
    found: set[_Way] = set()
    for node in body:
        ways = _ways_of(node, fault, missing)
        found |= ways - {_Way.GOES_ON}
        if _Way.GOES_ON not in ways:
            return found
    return found | {_Way.GOES_ON}


def _ways_of(node: ast.stmt, fault: str | None, missing: str) -> set[_Way]:
    match node:
        case ast.Raise():
            return {_Way.RAISES}
        case ast.Return() | ast.Break() | ast.Continue():
            return {_Way.LEAVES}
        case ast.If(test=test, body=body, orelse=orelse):
            told = _told(test, fault, missing)
            sides = [body, orelse] if told is None else [body if told else orelse]
            return {way for side in sides for way in _ways(side, fault, missing)}
        case ast.With(body=body):
            return _ways(body, fault, missing)
        case ast.Try(body=body, handlers=[], finalbody=final):
            return _ways([*body, *final], fault, missing)
    return {_Way.GOES_ON}


def _told(test: ast.expr, fault: str | None, missing: str) -> bool | None:
    """Return what a condition comes to, None where that is not known."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            told = _told(inner, fault, missing)
            return None if told is None else not told
        case ast.BoolOp(op=op, values=values):
            ends = isinstance(op, ast.Or)
            parts = [_told(value, fault, missing) for value in values]
            if ends in parts:
                return ends
            return None if None in parts else not ends
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(left, op, right, fault, missing)
    return None


def _compared(
    left: ast.expr, op: ast.cmpop, right: ast.expr, fault: str | None, missing: str
) -> bool | None:
    single = isinstance(op, ast.Eq | ast.NotEq)
    if single and _is_name_of(right, fault):
        left, right = right, left
    if not missing or not _is_name_of(left, fault) or not isinstance(op, _ASKING):
        return None
    try:
        value = ast.literal_eval(right)
    except (TypeError, ValueError):
        return None
    if not single and not isinstance(value, tuple | list | set):
        return None
    is_one = missing == value if single else missing in value
    return is_one if isinstance(op, ast.Eq | ast.In) else not is_one


def _is_name_of(node: ast.expr, fault: str | None) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=name), attr="name"):
            return name == fault
    return False
