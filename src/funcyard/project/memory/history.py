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

_GENERATED = re.compile(r"\*\*Generated\*\*: (.+?)\s*")
_UPDATED = re.compile(r"\*\*Updated\*\*: (.+?)\s*")
_VERSION = re.compile(r"\*\*Skill Version\*\*: (.+?)\s*")
_ENTRY = re.compile(r"- \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(.+")
_MOST_CHANGES = 40


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

    def is_newer_than(self, said: Iterable[str]) -> bool:
        """Whether another version of Funcyard wrote these lines."""
        return _first(_VERSION, said) != self.generator


def dated(heading: Heading, said: Sequence[str], *, changed: bool) -> Section:
    """Return the section at the top of a file: first generated, last updated, with which version.

    Args:
        heading: Of this run.
        said: What Funcyard wrote in the file before.
        changed: Whether this run changes the file.
    """
    generated = _first(_GENERATED, said)
    updated = heading.moment if changed and generated else _first(_UPDATED, said)
    version = heading.generator if changed else _first(_VERSION, said) or heading.generator
    lines = [f"**Generated**: {generated or heading.moment}", ""]
    if updated:
        lines += [f"**Updated**: {updated}", ""]
    return Section("generated", (*lines, f"**Skill Version**: {version}"))


def history(
    heading: Heading, said: Sequence[str], changes: Sequence[str], *, changed: bool
) -> Section:
    """Return the section of past changes, this run's behind them if it changed anything."""
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
    return Section("history", ("## History", "", *lines))


def _entries(said: Iterable[str]) -> list[str]:
    found: list[str] = []
    inside = False
    for line in said:
        if line.startswith("## "):
            inside = line.strip() == "## History"
        elif inside and (_ENTRY.fullmatch(line) or (found and line.startswith("  - "))):
            found.append(line)
    return found


def _first(form: re.Pattern[str], lines: Iterable[str]) -> str | None:
    matches = (form.fullmatch(line) for line in lines)
    return next((match[1] for match in matches if match), None)
