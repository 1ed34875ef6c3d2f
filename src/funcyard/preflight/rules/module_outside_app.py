"""A module that the code finds outside of the app's folder, by a search path of its own making."""

from __future__ import annotations

import os.path
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.preflight.code.search_path import path_additions
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.shipping.ways import Way

_SHOWN = 3


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        place = _addition(app)
        outside = _outside(app) if place else []
        for way in app.ways if outside else ():
            lost = [path for path in outside if _is_left_behind(way, path)]
            if place and lost:
                yield _found(app, place, lost, way)
                break


def _found(app: AppFacts, place: tuple[str, int], lost: list[Path], way: Way) -> Finding:
    file, line = place
    told = ", ".join(app.name_of(path) for path in lost[:_SHOWN])
    if len(lost) > _SHOWN:
        told += f" and {len(lost) - _SHOWN} more"
    drop = way.drop(lost[0])
    return RULE.found(
        file,
        line,
        f"{app.name} imports {told}, not in {way.to}: {drop.why if drop else ''}",
        evidence=app.text_at(file, line),
        next="make it a package that requirements.txt installs, or move it into the app's folder",
    )


def _addition(app: AppFacts) -> tuple[str, int] | None:
    """Return where the code first adds to the search path."""
    for source in app.sources:
        if source.name in app.imported:
            for line in path_additions(source):
                return source.name, line
    return None


def _outside(app: AppFacts) -> list[Path]:
    """Return the files that importing the app reached, and that neither it nor a package holds."""
    own = (app.directory, *app.target.packages)
    paths = (Path(os.path.normpath(app.directory / file)) for file in app.survey.modules)
    installed = app.survey.interpreter.modules.keys()
    return [
        path
        for path in paths
        if not any(path.is_relative_to(folder) for folder in own)
        and installed.isdisjoint(_names(path, app.directory))
    ]


def _names(path: Path, directory: Path) -> tuple[str, ...]:
    """Return the names that a module there may be imported by the first of."""
    return Path(os.path.relpath(path.with_suffix(""), directory)).parts


def _is_left_behind(way: Way, path: Path) -> bool:
    return way.is_known and way.drop(path) is not None


RULE = Rule(
    id="module-outside-app",
    group=Group.PACKAGE,
    severity=Severity.ERROR,
    what="Code adds a folder to sys.path and imports a module from it that is not shipped.",
    why=(
        "What is published, or copied into the image, is the app's folder. A module beside it is"
        " there on this machine alone: in Azure importing it raises ModuleNotFoundError."
    ),
    mend=(
        "Make the shared code a package that requirements.txt installs, or move it into the app's"
        " folder; an image may copy it from a larger build context."
    ),
    source="https://learn.microsoft.com/azure/azure-functions/functions-reference-python#import-behavior",
    check=_check,
)
