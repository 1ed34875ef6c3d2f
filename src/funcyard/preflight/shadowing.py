"""A file or folder of the app that takes the name of a package: it is imported in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause

if TYPE_CHECKING:
    from funcyard.preflight.faults import Fault
    from funcyard.preflight.sources import Source

_WORKERS = "azure"
"""The package that the worker brings along, whether it is installed here or not."""


def shadow(fault: Fault) -> Source | None:
    """Return the app's own source that was imported in place of a package, at a failed import.

    None where the import did not fail for a name or module that is missing, or no package has the
    name: then it is the app's own module that lacks something.
    """
    if fault.cause not in {Cause.MODULE, Cause.NAME}:
        return None
    app = fault.app
    top = fault.given.get("module", "").partition(".")[0]
    python = app.survey.interpreter
    if top != _WORKERS and top not in python.modules and top not in python.standard_library:
        return None
    for path in (app.directory / top / "__init__.py", app.directory / f"{top}.py"):
        if found := app.source_by_name.get(app.name_of(path)):
            return found
    return None
