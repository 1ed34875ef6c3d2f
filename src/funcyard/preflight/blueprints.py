"""Blueprints that no app registers: those the import reached, and those it never did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.code.bound import Kind
from funcyard.preflight.faults import is_indexed
from funcyard.preflight.never_imported import decorated_in_vain
from funcyard.preflight.swallowed import skipped_registrations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.functions.survey import Stray
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.sources import Source


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A blueprint whose functions are not the app's.

    Attributes:
        source: Where it is made; None for a file that is none of the app's.
        file: That file's name in findings.
        line: Where it is made, else its first function; 0 where neither can be told.
        name: The variable that holds it there.
        places: Where its functions are, by their names: the file's name in findings, the line.
        is_imported: Whether importing the app reached it.
    """

    source: Source | None
    file: str
    line: int
    name: str
    places: Mapping[str, tuple[str, int]]
    is_imported: bool

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of its functions."""
        return tuple(self.places)


def forgotten_blueprints(facts: Facts, app: AppFacts) -> Iterator[Forgotten]:
    """Yield the blueprints that an app forgot: those with functions that no app registers.

    One that it would register, had an exception not been swallowed before, is not forgotten.
    """
    if is_indexed(app):
        skipped = skipped_registrations(app)
        for found in _forgotten(app):
            served = any(_serves(other, found) for other in facts.apps)
            if not served and (found.file, found.line) not in skipped:
                yield found


def located(app: AppFacts, stray: Stray) -> Forgotten:
    """Return a stray blueprint with the place where it is made, told by the text."""
    source = app.source_by_name.get(app.name_of(stray.file))
    name, line = stray.name, stray.functions[0][2]
    if source is not None:
        bound = [found for found in app.modules.bound(source) if found.name == name]
        made_in, made = app.modules.origin(source, bound[-1]) if bound else (source, None)
        if made is not None and made.kind is Kind.BLUEPRINT:
            source, name, line = made_in, made.name, made.line
    places = {function: (app.name_of(file), at) for function, file, at in stray.functions}
    where = source.name if source else app.name_of(stray.file)
    return Forgotten(source, where, line, name, places, is_imported=True)


def _forgotten(app: AppFacts) -> Iterator[Forgotten]:
    for stray in app.survey.strays:
        if stray.kind == "blueprint":
            yield located(app, stray)
    for vain in decorated_in_vain(app):
        made, source = vain.made, vain.source
        if made.kind is Kind.BLUEPRINT and vain.made_in is source and not vain.is_mentioned:
            places = {function.name: (source.name, function.line) for function in vain.functions}
            yield Forgotten(source, source.name, made.line, made.name, places, is_imported=False)


def _serves(app: AppFacts, blueprint: Forgotten) -> bool:
    """Tell whether an app registers a blueprint; those of a package may be several apps'."""
    return any(
        function.name in blueprint.functions and app.name_of(function.file) == blueprint.file
        for function in app.survey.index.functions
    )
