"""Blueprints that no app registers: those the import reached, and those it never did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import Kind
from funcyard.preflight.code.definitions import definitions
from funcyard.preflight.faults import is_indexed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.modules import Modules
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.sources import Source

_TESTS = frozenset({"test", "tests"})


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A blueprint whose functions are not the app's.

    Attributes:
        source: Where it is made; None for a file that is none of the app's.
        file: That file's name in findings.
        line: Where it is made, else its first function; 0 where neither can be told.
        name: The variable that holds it there.
        functions: Its functions.
        is_imported: Whether importing the app reached it.
    """

    source: Source | None
    file: str
    line: int
    name: str
    functions: tuple[str, ...]
    is_imported: bool


def forgotten_blueprints(app: AppFacts) -> Iterator[Forgotten]:
    """Yield the blueprints that an app forgot, those with functions only."""
    if not is_indexed(app):
        return
    modules = app.modules
    for stray in app.survey.strays:
        if stray.kind == "blueprint":
            yield _stray(app, modules, stray.file, stray.name, stray.functions)
    yield from _never_imported(app, modules)


def _stray(
    app: AppFacts,
    modules: Modules,
    file: str,
    name: str,
    functions: tuple[tuple[str, str, int], ...],
) -> Forgotten:
    source = app.source_by_name.get(app.name_of(file))
    line = functions[0][2]
    if source is not None:
        bound = [found for found in modules.bound(source) if found.name == name]
        made_in, made = modules.origin(source, bound[-1]) if bound else (source, None)
        if made is not None and made.kind is Kind.BLUEPRINT:
            source, name, line = made_in, made.name, made.line
    names = tuple(function for function, _, _ in functions)
    where = source.name if source else app.name_of(file)
    return Forgotten(source, where, line, name, names, is_imported=True)


def _never_imported(app: AppFacts, modules: Modules) -> Iterator[Forgotten]:
    """Yield blueprints in modules of the app that none of its sources imports."""
    candidates = [source for source in app.sources if _could_be_forgotten(app, source)]
    mentioned = _imported_anywhere(app, modules) if candidates else set()
    for source in candidates:
        if source.name in mentioned:
            continue
        for bound in modules.bound(source):
            functions = tuple(
                definition.name
                for definition in definitions(source)
                if any(
                    decorator.holder == bound.name and decorator.parameter
                    for decorator in definition.decorators
                )
            )
            if bound.kind is Kind.BLUEPRINT and functions:
                yield Forgotten(
                    source, source.name, bound.line, bound.name, functions, is_imported=False
                )


def _could_be_forgotten(app: AppFacts, source: Source) -> bool:
    if source.name in app.imported or "Blueprint" not in source.text or source.tree is None:
        return False
    if not source.path.is_relative_to(app.directory):
        return False
    inner = source.path.relative_to(app.directory)
    return not (_TESTS & set(inner.parts)) and not inner.name.startswith(("test_", "conftest"))


def _imported_anywhere(app: AppFacts, modules: Modules) -> set[str]:
    """Return the sources that a source of the app imports anywhere, in functions, too."""
    return {found.name for source in app.sources for found in modules.imports(source)}
