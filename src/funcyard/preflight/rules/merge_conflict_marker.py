"""Conflict markers that a merge left in a file."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

_MARKER = r"^(<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|)( |$)"


def _check(facts: Facts) -> Iterator[Finding]:
    folders = [folder for app in facts.apps for folder in (app.directory, *app.target.packages)]
    for line in facts.tree.search(_MARKER):
        if any(fnmatch(line.file, allowed) for allowed in facts.request.markers_allowed):
            continue
        harms = any((facts.root / line.file).is_relative_to(folder) for folder in folders)
        yield RULE.found(
            line.file,
            line.number,
            f"a merge left its conflict marker {line.text.split(' ')[0]} here",
            evidence=line.text,
            next="keep one side, delete the markers, and commit",
            severity=None if harms else Severity.WARNING,
        )


RULE = Rule(
    id="merge-conflict-marker",
    group=Group.SOURCE,
    severity=Severity.ERROR,
    what="A file holds the markers of a merge that was not finished.",
    why=(
        "In Python the file no longer compiles, so importing the app fails and the worker finds no"
        " function; in JSON or YAML it cannot be read. A line of equals signs alone is legal text"
        " and is not counted."
    ),
    mend=(
        "Keep one side and delete the markers. List files that quote markers on purpose under"
        " conflict_markers_allowed."
    ),
    source="git-merge(1), HOW CONFLICTS ARE PRESENTED: https://git-scm.com/docs/git-merge",
    check=_check,
)
