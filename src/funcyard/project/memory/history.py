"""Dates and history: when a file was first generated and last changed, with what, and how.

Both sections are read back from the lines that Funcyard wrote before; a run that changes nothing
adds nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.project.memory.document import Section
from funcyard.project.memory.location import SKILL
from funcyard.project.memory.wording import prose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from funcyard.project.memory.model import Change

_GENERATED = re.compile(r"\*\*Generated\*\*: .+")
_UPDATED = re.compile(r"\*\*Updated\*\*: .+")
_VERSION = re.compile(r"\*\*Skill Version\*\*: .+")
_ENTRY = re.compile(r"- \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(.+")
_MOST_CHANGES = 40

TITLE = "History"


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands over a change: when, with which version, by which command.

    Attributes:
        moment: Local time to the second.
        version: Funcyard's own.
        change: The command and what it did.
    """

    moment: str
    version: str
    change: Change

    @property
    def generator(self) -> str:
        """The generator and its version, as the files name it."""
        return f"{SKILL} of funcyard {self.version}"


def version_line(heading: Heading) -> str:
    """Return the line that says which version wrote a file."""
    return f"**Skill Version**: {heading.generator}"


def dated(heading: Heading, said: Sequence[str], *, changed: bool, first: bool) -> Section:
    """Return the section at the top of a file: first generated, last updated, with which version.

    Args:
        heading: Of this run.
        said: What Funcyard wrote in the file before, as far as nobody changed it.
        changed: Whether this run changes the file.
        first: Whether the file is written for the first time, or anew.
    """
    generated = _first(_GENERATED, said) or (f"**Generated**: {heading.moment}" if first else None)
    updated = _first(_UPDATED, said)
    version = _first(_VERSION, said)
    if changed and said:
        updated = f"**Updated**: {heading.moment}"
    if changed or not version:
        version = version_line(heading)
    lines = [line for each in (generated, updated) if each for line in (each, "")]
    return Section("generated", (*lines, version))


def history(
    heading: Heading, said: Sequence[str], changes: Sequence[str], *, changed: bool
) -> Section:
    """Return the section of past changes, this run's behind them if it changed anything.

    Args:
        heading: Of this run.
        said: What Funcyard wrote in this section before.
        changes: What differs from before, a sentence each.
        changed: Whether this run changes the file.
    """
    lines = _entries(said)
    if changed or not lines:
        what = prose(heading.change.summary) or (
            "generated" if not lines else f"changed by `funcyard {heading.change.kind.value}`"
        )
        lines.append(
            f"- {heading.moment} ({heading.change.kind.value}, funcyard {heading.version}): {what}"
        )
        lines += [f"  - {prose(change)}" for change in changes[:_MOST_CHANGES]]
        if len(changes) > _MOST_CHANGES:
            lines.append(f"  - and {len(changes) - _MOST_CHANGES} more")
    return Section("history", (f"## {TITLE}", "", *lines))


def _entries(said: Iterable[str]) -> list[str]:
    found: list[str] = []
    for line in said:
        if _ENTRY.fullmatch(line) or (found and line.startswith("  - ")):
            found.append(line)
    return found


def _first(form: re.Pattern[str], lines: Iterable[str]) -> str | None:
    return next((line for line in lines if form.fullmatch(line)), None)
