"""What an app loses by exceptions that its own code swallowed: the app object, or functions."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.blueprints import located
from funcyard.preflight.code.holders import is_app_name
from funcyard.preflight.code.registrations import registered_in
from funcyard.preflight.faults import lacks_app
from funcyard.preflight.never_imported import decorated_in
from funcyard.preflight.swallowed import skipped_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.definitions import Definition
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.sources import Source
    from funcyard.preflight.swallowed import Skipped

_UNDEFINED = re.compile(r"name '(?P<name>\w+)' is not defined")


@dataclass(frozen=True, slots=True)
class Loss:
    """What an app lacks because an exception was swallowed.

    Attributes:
        skipped: What did not run.
        functions: The functions that the worker does not find for it, by name.
        stops_app: Whether the app does not load for it, or is not found.
    """

    skipped: Skipped
    functions: tuple[str, ...]
    stops_app: bool


def losses(app: AppFacts) -> Iterator[Loss]:
    """Yield the swallowed exceptions by which an app loses anything."""
    served = {function.name for function in app.survey.index.functions}
    served |= {fault.function for fault in app.faults}
    for skipped in skipped_parts(app):
        stops = _stops(app, skipped)
        names = dict.fromkeys((*_unregistered(app, skipped), *_unreached(app, skipped)))
        lost = tuple(name for name in names if name not in served)
        if lost or stops:
            yield Loss(skipped, lost, stops)


def _stops(app: AppFacts, skipped: Skipped) -> bool:
    names = skipped.lost_names
    if lacks_app(app):
        return any(is_app_name(app.modules, skipped.source, name) for name in names)
    failure = app.survey.index.failure
    undefined = _UNDEFINED.match(failure.message) if failure else None
    return undefined is not None and undefined["name"] in names


def _unregistered(app: AppFacts, skipped: Skipped) -> Iterator[str]:
    """Yield the functions of blueprints that were imported and whose registration was skipped."""
    registered = set(registered_in(app.modules, skipped.source, skipped.rest, skipped.body))
    for stray in app.survey.strays:
        blueprint = located(app, stray)
        if (blueprint.file, blueprint.line) in registered:
            yield from blueprint.functions


def _unreached(app: AppFacts, skipped: Skipped) -> Iterator[str]:
    """Yield the functions that are decorated in what was skipped, and in what it would import."""
    if skipped.lost_names or not _binds_by_import(skipped):
        for source in _behind(app, skipped):
            yield from (function.name for function in _decorated(app, source))
    last = skipped.rest[-1].end_lineno or 0
    for function in _decorated(app, skipped.source):
        if skipped.line < function.line <= last:
            yield function.name


def _binds_by_import(skipped: Skipped) -> bool:
    return any(isinstance(node, ast.Import | ast.ImportFrom) for node in skipped.rest)


def _behind(app: AppFacts, skipped: Skipped) -> Iterator[Source]:
    """Yield the app's sources that importing it would have reached but for the exception."""
    failed = [app.source_by_name.get(app.name_of(file)) for file in skipped.swallowed.through]
    waiting = [source for source in failed if source is not None]
    waiting += app.modules.imports_of(skipped.source, skipped.rest)
    seen: set[str] = set()
    while waiting:
        source = waiting.pop(0)
        if source.name not in seen and source.name not in app.imported:
            seen.add(source.name)
            yield source
            waiting += app.modules.imports_of(source, source.tree.body if source.tree else ())


def _decorated(app: AppFacts, source: Source) -> Iterator[Definition]:
    for found in decorated_in(app, source):
        yield from found.functions
