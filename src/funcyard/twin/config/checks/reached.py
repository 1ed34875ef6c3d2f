"""The imports of a module that have to succeed, once it is loaded or a function of it is run.

One that its code tries and can do without is none of them, nor is one for a type checker or for
another Python: ``try`` with ``except ImportError``, ``contextlib.suppress``, ``TYPE_CHECKING``,
``sys.version_info``, ``sys.platform``.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Import = ast.Import | ast.ImportFrom
"""A statement that imports."""

_BODIES: Final = ("body", "orelse", "finalbody", "handlers", "cases")
_CAUGHT: Final = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_ELSEWHERE: Final = frozenset({"version_info", "platform", "implementation", "__name__"})


def imports(body: Iterable[ast.AST], succeeds: Callable[[Import], bool]) -> Iterator[Import]:
    """Yield every import of some statements that has to succeed.

    Args:
        body: The statements.
        succeeds: Whether an import does, which tells what ``except ImportError`` is for.
    """
    for node in body:
        match node:
            case ast.Import() | ast.ImportFrom():
                yield node
            case ast.Try() | ast.TryStar():
                yield from _of_try(node, succeeds)
            case ast.If():
                yield from _of_if(node, succeeds)
            case ast.With() if any(_suppresses(item.context_expr) for item in node.items):
                pass
            case _:
                for name in _BODIES:
                    yield from imports(getattr(node, name, ()), succeeds)


def _of_try(node: ast.Try | ast.TryStar, succeeds: Callable[[Import], bool]) -> Iterator[Import]:
    instead = [one for one in node.handlers if _catches(one.type)]
    others = [one for one in node.handlers if one not in instead]
    tried = imports(node.body, succeeds)
    if not instead:
        yield from tried
        yield from imports(node.orelse, succeeds)
    elif all(map(succeeds, tried)):
        yield from imports(node.orelse, succeeds)
    else:
        yield from imports(instead[0].body, succeeds)
    yield from imports(others, succeeds)
    yield from imports(node.finalbody, succeeds)


def _of_if(node: ast.If, succeeds: Callable[[Import], bool]) -> Iterator[Import]:
    """Yield those of a branch and of all that follow it by ``elif``."""
    while True:
        named = _names(node.test)
        if not named & _ELSEWHERE and "TYPE_CHECKING" not in named:
            yield from imports(node.body, succeeds)
        if named & _ELSEWHERE:
            return
        match node.orelse:
            case [ast.If() as following]:
                node = following
            case rest:
                yield from imports(rest, succeeds)
                return


def _catches(caught: ast.expr | None) -> bool:
    return caught is None or bool(_names(caught) & _CAUGHT)


def _suppresses(context: ast.expr) -> bool:
    return isinstance(context, ast.Call) and any(
        _names(argument) & _CAUGHT for argument in context.args
    )


def _names(expression: ast.expr) -> set[str]:
    return {
        one.id if isinstance(one, ast.Name) else one.attr
        for one in ast.walk(expression)
        if isinstance(one, ast.Name | ast.Attribute)
    }
