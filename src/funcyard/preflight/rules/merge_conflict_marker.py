"""Conflict markers that a merge left in a file."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING

from funcyard.preflight.conflicts import MARKER
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.shipping.opened import opened_by

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts

_READ = (".py", ".json", ".toml")
_ASKING = ("requirements.txt", "requirements.in", "pyproject.toml", "Pipfile")
_ASKED_FOR = "requirements"


def _check(facts: Facts) -> Iterator[Finding]:
    severities: dict[str, Severity | None] = {}
    for line in facts.tree.search(MARKER):
        if any(fnmatch(line.file, allowed) for allowed in facts.request.markers_allowed):
            continue
        if line.file not in severities:
            severities[line.file] = _severity(facts, line.file)
        severity = severities[line.file]
        if severity is not None:
            yield RULE.found(
                line.file,
                line.number,
                f"a merge left its conflict marker {line.text.split(' ')[0]} here",
                evidence=line.text,
                next="keep one side, delete the markers, and commit",
                severity=severity,
            )


def _severity(facts: Facts, file: str) -> Severity | None:
    """Return how bad markers in a file are, None where they are nobody's matter."""
    path = facts.root / file
    if any(_stops(app, path) for app in facts.apps):
        return Severity.ERROR
    if facts.tree.is_tracked(file):
        return Severity.WARNING
    holding = [app for app in facts.apps if _holds(app, path)]
    if not holding or not (path.suffix in _READ or path.name.startswith(_ASKED_FOR)):
        return None
    shipped = any(way.drop(path) is None for app in holding for way in app.ways)
    later = any(path in app.reached for app in holding)
    return Severity.WARNING if shipped or later else Severity.NOTE


def _holds(app: AppFacts, path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in (app.directory, *app.target.packages))


def _stops(app: AppFacts, path: Path) -> bool:
    """Tell whether an app is loaded, or installed, from a file."""
    if path.suffix == ".py":
        return path in app.loaded or app.name_of(path) in {fault.file for fault in app.faults}
    return path in _configuring(app) or _is_asking(app, path) or _is_opened(app, path)


def _configuring(app: AppFacts) -> tuple[Path, ...]:
    """Return the files by which the host knows an app."""
    return (app.directory / "host.json", *app.directory.glob("*/function.json"))


def _is_asking(app: AppFacts, path: Path) -> bool:
    """Tell whether a file says what an app asks to be installed; one with markers is not read."""
    asked = app.requirements
    if path in asked.files or (path.name in _ASKING and path.parent in asked.folders):
        return True
    nearer = any(file.parent != path.parent for file in asked.files)
    return (
        path.name in _ASKING
        and app.directory.is_relative_to(path.parent)
        and (path.parent == app.directory or not nearer)
    )


def _is_opened(app: AppFacts, path: Path) -> bool:
    """Tell whether importing an app reads a file of data."""
    return path.suffix in _READ and any(
        opened.at_load and opened.path == path
        for reached in app.reached.values()
        if reached.at_load
        for opened in opened_by(reached.source, app.directory)
    )


RULE = Rule(
    id="merge-conflict-marker",
    group=Group.SOURCE,
    severity=Severity.ERROR,
    what="A file holds the markers of a merge that was not finished.",
    why=(
        "In Python the file no longer compiles, so importing the app fails and the worker finds no"
        " function; host.json, function.json and requirements cannot be read. In a file that the"
        " app is not loaded from it is a warning, and a note where Git does not track it and it is"
        " not shipped. A line of equals signs alone is legal text and is not counted."
    ),
    mend=(
        "Keep one side and delete the markers. List files that quote markers on purpose under"
        " conflict_markers_allowed."
    ),
    source="git-merge(1), HOW CONFLICTS ARE PRESENTED: https://git-scm.com/docs/git-merge",
    check=_check,
)
