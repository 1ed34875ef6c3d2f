"""What the names of a module are bound to: the app, a blueprint, None, a name of another module."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from funcyard.preflight.code.names import APPS, BLUEPRINTS, dotted, origins
from funcyard.preflight.code.statements import statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.preflight.code.statements import Place

EVERYTHING = "*"


class Kind(Enum):
    """What a name is bound to."""

    APP = "app"
    BLUEPRINT = "blueprint"
    NONE = "none"
    IMPORTED = "imported"
    ALIAS = "alias"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement that binds a name when the module is imported.

    Attributes:
        name: The name; ``*`` for a star import.
        kind: What it is bound to.
        line: Where.
        place: The statement and what it stands in.
        module: Where an imported name comes from, dotted, with ``level`` leading dots.
        level: See ``module``.
        original: Its name there, of an alias the other name; empty for a whole module.
        written: The value as written, of those that are no import.
    """

    name: str
    kind: Kind
    line: int
    place: Place
    module: str = ""
    level: int = 0
    original: str = ""
    written: str = ""


def bound_names(tree: ast.Module) -> tuple[Bound, ...]:
    """Return every binding of a name by an import or an assignment, in order."""
    known = origins(tree)
    return tuple(found for place in statements(tree) for found in _of(place, known))


def _of(place: Place, known: Mapping[str, str]) -> Iterator[Bound]:
    match place.node:
        case ast.Import(names=aliases, lineno=line):
            for alias in aliases:
                name = alias.asname or alias.name.partition(".")[0]
                yield Bound(name, Kind.IMPORTED, line, place, alias.name)
        case ast.ImportFrom(module=module, names=aliases, level=level):
            for alias in aliases:
                name = alias.asname or alias.name
                yield Bound(
                    name, Kind.IMPORTED, alias.lineno, place, module or "", level, alias.name
                )
        case ast.Assign(targets=targets, value=value, lineno=line):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield _assigned(target.id, value, line, place, known)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value, lineno=line):
            yield _assigned(name, value, line, place, known)


def _assigned(
    name: str, value: ast.expr, line: int, place: Place, known: Mapping[str, str]
) -> Bound:
    kind, original = Kind.OTHER, ""
    match value:
        case ast.Constant(value=None):
            kind = Kind.NONE
        case ast.Name(id=original):
            kind = Kind.ALIAS
        case ast.Call(func=called):
            kind = _made_by(dotted(called, known))
    return Bound(name, kind, line, place, original=original, written=ast.unparse(value))


def _made_by(called: str) -> Kind:
    if called in APPS:
        return Kind.APP
    return Kind.BLUEPRINT if called in BLUEPRINTS else Kind.OTHER
