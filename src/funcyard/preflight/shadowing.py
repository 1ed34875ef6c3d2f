"""A file or folder of the app that takes the name of a package: it is imported in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause
from funcyard.preflight.packages.distributions import provider_of
from funcyard.preflight.packages.imports import Import
from funcyard.preflight.packages.needs import State, States

if TYPE_CHECKING:
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.faults import Fault
    from funcyard.preflight.sources import Source

_LACKING = frozenset({Cause.MODULE, Cause.NAME, Cause.CIRCLE, Cause.IMPORT})
"""Failures whose words name the module that something is missed of."""

_WORKERS = "azure"
"""The package that the worker brings along, whether it is installed here or not."""


def shadow(fault: Fault) -> Source | None:
    """Return the app's own source that was imported in place of a package, at a failed import.

    None where the import did not fail for a module, or for what a module lacks, or no package has
    the name: then it is the app's own module that lacks something.
    """
    app = fault.app
    top = fault.given.get("module", "").partition(".")[0]
    if fault.cause not in _LACKING or not top:
        return None
    for path in (app.directory / top / "__init__.py", app.directory / f"{top}.py"):
        source = app.source_by_name.get(app.name_of(path))
        if source is not None:
            return source if _is_in_the_way(fault, top, source) else None
    return None


def _is_in_the_way(fault: Fault, top: str, source: Source) -> bool:
    """Tell whether what failed is meant to come from a package of that name, not from a source.

    A module that is not found, or a name in ``from module import name``, is asked of an own module
    by mistake only. An attribute may be what an own module lacks, unless the app asks for the
    package; and of one that is imported half, own modules in a circle are the usual cause.
    """
    if fault.cause is Cause.CIRCLE and fault.file != source.name:
        return False
    python = fault.app.survey.interpreter
    if top == _WORKERS or top in python.standard_library:
        return True
    by_mistake = fault.cause in {Cause.MODULE, Cause.NAME}
    return (by_mistake and top in python.modules) or _asks_for(fault.app, top)


def _asks_for(app: AppFacts, top: str) -> bool:
    """Tell whether an app's requirements bring the package of a top-level module."""
    provider = provider_of(Import(top, (), 0, 0, at_load=True), app.survey.interpreter)
    if provider is None:
        return False
    if not app.requirements.files:
        return provider.installed
    state, _ = States(app).of(provider)
    may_be = state is State.UNSURE and provider.installed
    return may_be or state in {State.DECLARED, State.ALONG}
