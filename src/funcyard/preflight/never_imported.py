"""Modules of an app that hold functions and that nothing imports."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import Kind
from funcyard.preflight.code.definitions import definitions
from funcyard.preflight.code.holders import held_apps
from funcyard.preflight.faults import is_indexed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.code.bound import Bound
    from funcyard.preflight.code.definitions import Definition
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.sources import Source

_DECORATED = re.compile(r"^@\w+\.\w+\(", re.MULTILINE)
_ASIDE = frozenset(
    {
        *("bench", "benchmarks", "demo", "demos", "doc", "docs", "example", "examples"),
        *("sample", "samples", "script", "scripts", "test", "tests"),
    }
)
"""Folders whose code is no part of the app that they lie in."""


@dataclass(frozen=True, slots=True)
class InVain:
    """Functions in a module that importing the app never reaches.

    Attributes:
        source: The module.
        made_in: Where the app or blueprint is made that they are decorated with.
        made: What is bound there.
        functions: The functions.
        is_mentioned: Whether another source imports the module, itself never reached.
    """

    source: Source
    made_in: Source
    made: Bound
    functions: tuple[Definition, ...]
    is_mentioned: bool


def decorated_in_vain(app: AppFacts) -> Iterator[InVain]:
    """Yield the functions in the app's folder whose module is never imported.

    Left out are tests, scripts, samples and the folders of other apps.

    An import inside of a function counts as one: when it runs cannot be told.
    """
    candidates = [
        vain
        for source in app.sources
        if _could_be(app, source)
        for vain in decorated_in(app, source)
    ]
    if candidates:
        used, mentioned = _used(app) | _failed(app), _mentioned(app)  # reads every source
        for vain in candidates:
            if vain.source.name not in used:
                yield replace(vain, is_mentioned=vain.source.name in mentioned)


def decorated_in(app: AppFacts, source: Source) -> Iterator[InVain]:
    """Yield the functions of a source by the app or blueprint that they are decorated with."""
    for bound in app.modules.bound(source):
        made_in, made = app.modules.origin(source, bound)
        if made.kind in {Kind.APP, Kind.BLUEPRINT}:
            functions = tuple(_decorated_with(source, bound.name))
            if functions:
                yield InVain(source, made_in, made, functions, is_mentioned=False)


def lost_modules(app: AppFacts) -> Iterator[InVain]:
    """Yield those modules whose functions are missing.

    They are decorated onto the script's app, or onto a blueprint of a module that is imported.
    """
    places = held_apps(app.modules).places
    for vain in _missing(app):
        of_app = (vain.made_in.name, vain.made.line) in places
        if of_app or (vain.made.kind is Kind.BLUEPRINT and vain.made_in.name in app.imported):
            yield vain


def lost_apps(app: AppFacts) -> Iterator[InVain]:
    """Yield those modules whose functions are decorated onto an app that is never made.

    Nothing where the app does not load: which functions it would have is not known then.
    """
    for vain in () if app.faults else _missing(app):
        if vain.made.kind is Kind.APP and vain.made_in.name not in app.imported:
            yield vain


def _missing(app: AppFacts) -> Iterator[InVain]:
    if not is_indexed(app):
        return
    served = {function.name for function in app.survey.index.functions}
    served |= {fault.function for fault in app.faults}
    for vain in decorated_in_vain(app):
        lost = tuple(function for function in vain.functions if function.name not in served)
        if lost:
            yield replace(vain, functions=lost)


def _decorated_with(source: Source, holder: str) -> Iterator[Definition]:
    for definition in definitions(source):
        if any(one.holder == holder and one.parameter for one in definition.decorators):
            yield definition


def _could_be(app: AppFacts, source: Source) -> bool:
    if source.name in app.imported or source is app.modules.script:
        return False
    if not source.path.is_relative_to(app.directory) or not _DECORATED.search(source.text):
        return False
    inner = source.path.relative_to(app.directory)
    if _ASIDE & set(inner.parts[:-1]) or inner.name.startswith(("test_", "conftest")):
        return False
    return not any(_is_app(app.directory / folder) for folder in inner.parents[:-1])


def _is_app(folder: Path) -> bool:
    return (folder / "host.json").is_file() or (folder / "function_app.py").is_file()


def _used(app: AppFacts) -> frozenset[str]:
    """Return the sources that the script imports somehow, through others, too."""
    found: set[str] = set()
    waiting = [app.modules.script] if app.modules.script else []
    while waiting:
        source = waiting.pop()
        if source.name not in found:
            found.add(source.name)
            waiting.extend(app.modules.imports(source))
    return frozenset(found)


def _failed(app: AppFacts) -> frozenset[str]:
    """Return the sources whose import was tried and failed, and that was swallowed."""
    return frozenset(app.name_of(file) for one in app.survey.swallowed for file in one.through)


def _mentioned(app: AppFacts) -> frozenset[str]:
    """Return the sources that any source of the app imports."""
    return frozenset(found.name for source in app.sources for found in app.modules.imports(source))
