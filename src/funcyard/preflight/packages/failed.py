"""The module for lack of which an app did not load, where its own code imports that module.

What a package of others' lacks is no matter of the app's requirements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause, cause_of, words_of
from funcyard.preflight.packages.distributions import Provider, provider_of
from funcyard.preflight.packages.imports import Import, tops_of
from funcyard.preflight.packages.needs import State, States, installed_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.functions.model import LoadFailure
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.sources import Source

_LIBRARY = "azure-functions"


@dataclass(frozen=True, slots=True)
class FailedImport:
    """An import that failed.

    Attributes:
        module: The module that was not found.
        provider: What provides it.
        state: Whether the app asks for that.
        name: The distribution's normalized name.
        is_here: Whether that distribution is installed nevertheless.
        brought: Where it lies beside the app, None where it does not.
        file: Where it failed, as findings tell it.
        line: The line there.
        words: What the worker says.
    """

    module: str
    provider: Provider
    state: State
    name: str
    is_here: bool
    brought: Path | None
    file: str
    line: int
    words: str


def failed_import(app: AppFacts) -> FailedImport | None:
    """Return the import that failed the app, None where nothing or something else did."""
    failure = app.survey.index.failure
    cause, given = cause_of(failure) if failure else (Cause.OTHER, {})
    module = given.get("module", "")
    if failure is None or cause is not Cause.MODULE or not module:
        return None
    top = module.partition(".")[0]
    brought = app.brought.place_of(module)
    if brought is None and (app.modules.is_own(module) or app.brought.has_package(top)):
        return None
    is_brought = brought is not None or app.brought.may_hold(module)
    if not is_brought and app.modules.elsewhere(module):
        return None
    if not any(top in tops_of(source.tree) for source in _sources(app) if source.tree):
        return None
    provider = _provider(app, failure, module)
    if provider is None:
        return None
    state, name = States(app).of(provider)
    if brought is not None or (is_brought and state in {State.MISSING, State.UNSURE}):
        state, name = State.BROUGHT, top
    if name == _LIBRARY:
        state = State.DECLARED  # the worker brings it along
    return FailedImport(
        module=module,
        provider=provider,
        state=state,
        name=name,
        is_here=brought is None and name in installed_names(app),
        brought=brought,
        file=app.name_of(failure.file),
        line=failure.line,
        words=words_of(failure),
    )


def _sources(app: AppFacts) -> Iterator[Source]:
    yield from app.sources
    yield from (reached.source for reached in app.reached.values())


def _provider(app: AppFacts, failure: LoadFailure, module: str) -> Provider | None:
    if module.partition(".")[0] == "azure" and _LIBRARY not in installed_names(app):
        return Provider("azure.functions", (_LIBRARY,), installed=False)
    found = next(iter(_imports_at(app, failure, module)))
    return provider_of(found, app.survey.interpreter)


def _imports_at(app: AppFacts, failure: LoadFailure, module: str) -> Iterator[Import]:
    """Yield the imports of that module in the line at fault, then the one that the words tell."""
    source = app.source_by_name.get(app.name_of(failure.file))
    reached = app.reached.get(source.path) if source else None
    for found in reached.imports if reached else ():
        if found.line == failure.line and any(
            name == module or name.startswith(f"{module}.") for name in found.candidates
        ):
            yield found
    yield Import(module, (), 0, failure.line, at_load=True)
