"""What an app asks for and the Python that it was checked on lacks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.packages.failed import failed_import
from funcyard.preflight.packages.here import absent
from funcyard.preflight.packages.needs import State
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.packages.failed import FailedImport

_SHOWN = 5


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        lacking, failed = absent(app), failed_import(app)
        names = [asked.name for asked in lacking]
        if failed is not None and failed.state is not State.MISSING and not failed.is_here:
            names = list(dict.fromkeys([failed.name, *names]))
            yield RULE.found(
                failed.file,
                failed.line,
                f"{app.name} cannot be judged on this Python, which lacks {_list(names)}: the app"
                " itself may be fine",
                evidence=failed.words,
                next=_beside(app, failed) or _next(facts, app, names),
            )
        elif lacking:
            yield RULE.found(
                app.name_of(lacking[0].file),
                lacking[0].line,
                f"the Python that {app.name} was checked on lacks {_list(names)}",
                evidence=lacking[0].text,
                next=_next(facts, app, names),
                severity=Severity.NOTE,
            )


def _list(names: Sequence[str]) -> str:
    told = ", ".join(names[:_SHOWN])
    return f"{told} and {len(names) - _SHOWN} more" if len(names) > _SHOWN else told


def _beside(app: AppFacts, failed: FailedImport) -> str:
    """Return how a module is found here that gets to the app from beside it, empty for another."""
    if failed.state is not State.BROUGHT:
        return ""
    if failed.brought is None:
        return f"make {failed.module} importable here, as where the app runs, and check again"
    for folder in app.requirements.folders:
        if failed.brought.is_relative_to(folder):
            return f"{app.target.interpreter} -m pip install {app.name_of(folder)}"
    place = failed.brought
    place = place.parent if place.name == "__init__.py" else place.with_suffix("")
    parts = failed.module.split(".")
    if list(place.parts[-len(parts) :]) == parts:
        root = app.name_of(place.parents[len(parts) - 1])
        return f"put {root} on PYTHONPATH, and check again: the image takes {failed.module} from it"
    return f"make {app.name_of(place)} importable as {failed.module}, as the image does"


def _next(facts: Facts, app: AppFacts, names: Sequence[str]) -> str:
    if (facts.root / "funcyard.yaml").is_file():
        return "funcyard up, which installs the packages of every app; or name a --python with them"
    lines = [file for file in app.requirements.files if file.suffix in {".txt", ".in"}]
    what = f"-r {app.name_of(lines[0])}" if lines else " ".join(names)
    python = app.target.interpreter
    if python.is_relative_to(facts.root):
        return f"{os.path.relpath(python, facts.root)} -m pip install {what}"
    return f"{python} -m pip install {what}"


RULE = Rule(
    id="not-installed-here",
    group=Group.PACKAGE,
    severity=Severity.ERROR,
    what="The Python that an app was checked on lacks what the app asks for or is given.",
    why=(
        "This is about this machine, not about the app: in Azure what the app asks for is"
        " installed, and shared code is brought from beside it, by its Dockerfile or by PYTHONPATH."
        " But an app whose import fails for that reason cannot be judged here, so that is an error;"
        " where the import went well all the same it is a note."
    ),
    mend=(
        "Install the app's requirements, or check it on a Python that has them (--python); put the"
        " folder of shared code on PYTHONPATH."
    ),
    source="the interpreter's own record of what is installed, importlib.metadata",
    check=_check,
    chosen_with=Group.DISCOVERY,
)
