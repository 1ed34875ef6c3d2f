"""Conflict markers that a merge left in a file."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.facts import Facts

_MARKER = r"^(<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|)( |$)"


_READ = (".py", ".json", ".toml")
_ASKED_FOR = "requirements"


def _check(facts: Facts) -> Iterator[Finding]:
    for line in facts.tree.search(_MARKER):
        if any(fnmatch(line.file, allowed) for allowed in facts.request.markers_allowed):
            continue
        harms = _harms(facts, facts.root / line.file)
        if not harms and not facts.tree.is_tracked(line.file):
            continue
        yield RULE.found(
            line.file,
            line.number,
            f"a merge left its conflict marker {line.text.split(' ')[0]} here",
            evidence=line.text,
            next="keep one side, delete the markers, and commit",
            severity=None if harms else Severity.WARNING,
        )


def _harms(facts: Facts, file: Path) -> bool:
    """Tell whether a file is one that an app is loaded or installed from."""
    folders = (folder for app in facts.apps for folder in (app.directory, *app.target.packages))
    is_read = file.suffix in _READ or file.name.startswith(_ASKED_FOR)
    return is_read and any(file.is_relative_to(folder) for folder in folders)


RULE = Rule(
    id="merge-conflict-marker",
    group=Group.SOURCE,
    severity=Severity.ERROR,
    what="A file holds the markers of a merge that was not finished.",
    why=(
        "In Python the file no longer compiles, so importing the app fails and the worker finds no"
        " function; host.json, function.json and requirements cannot be read. In any other file"
        " that Git tracks it is a warning. A line of equals signs alone is legal text and is not"
        " counted."
    ),
    mend=(
        "Keep one side and delete the markers. List files that quote markers on purpose under"
        " conflict_markers_allowed."
    ),
    source="git-merge(1), HOW CONFLICTS ARE PRESENTED: https://git-scm.com/docs/git-merge",
    check=_check,
)
