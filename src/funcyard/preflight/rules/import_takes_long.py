"""An app whose import takes long: every new instance waits for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

_LONG_SECONDS = 10.0


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        if app.survey.seconds < _LONG_SECONDS or not app.scripts:
            continue
        script = Path(app.name_of(app.scripts[0]))
        yield RULE.found(
            script.as_posix(),
            1,
            f"importing {app.name} took {app.survey.seconds:.0f} s: so long does its first function"
            " wait on each new instance",
            next=f"cd {script.parent.as_posix()} && python -X importtime -c 'import {script.stem}'",
        )


RULE = Rule(
    id="import-takes-long",
    group=Group.PACKAGE,
    severity=Severity.WARNING,
    what=f"Importing the app takes more than {_LONG_SECONDS:g} seconds.",
    why=(
        "Each instance imports the app before it runs anything: the time is part of every cold"
        " start and of every revision's start, on hardware that may be slower than this machine,"
        " and a host that waits too long restarts the worker."
    ),
    mend="Import what is heavy inside the function that needs it; open no connection at import.",
    source=(
        "https://learn.microsoft.com/azure/azure-functions/python-scale-performance-reference;"
        " the limit is Funcyard's own"
    ),
    check=_check,
)
