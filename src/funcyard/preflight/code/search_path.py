"""Statements that add a folder to the search path while an app is imported."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.code.names import dotted, origins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.sources import Source

_PATH = "sys.path"
_ADDING = frozenset({"append", "extend", "insert"})
_CALLS = frozenset({"site.addsitedir", *(f"{_PATH}.{name}" for name in _ADDING)})


def path_additions(source: Source) -> Iterator[int]:
    """Yield the lines in which a source adds to the search path, in functions, too."""
    known = origins(source.tree) if source.tree else {}
    for node in ast.walk(source.tree) if source.tree else ():
        match node:
            case ast.Call(func=called, lineno=line) if dotted(called, known) in _CALLS:
                yield line
            case ast.AugAssign(target=ast.Attribute() as target, lineno=line):
                if dotted(target, known) == _PATH:
                    yield line
            case ast.Assign(targets=[target, *_], lineno=line):
                inner = target.value if isinstance(target, ast.Subscript) else target
                if dotted(inner, known) == _PATH:
                    yield line
