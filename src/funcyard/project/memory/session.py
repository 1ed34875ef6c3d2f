"""One call of ``record`` at work on the files: opened, kept without secrets, written if need be.

``Run`` gathers what was done, for the result; ``Opened`` is one file between reading and writing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.project.memory.document import Document, Section
from funcyard.project.memory.markdown import render
from funcyard.project.memory.model import FileState, Recovery
from funcyard.project.memory.reading import freshness
from funcyard.project.memory.secrets import withhold
from funcyard.project.memory.storing import open_document, write_document
from funcyard.project.memory.weave import digest
from funcyard.project.memory.wording import code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.memory.history import Heading


@dataclass(slots=True)
class Run:
    """One call of ``record``: what it knows and what it did so far.

    Attributes:
        folder: The project's memory.
        heading: What stands over this run's changes.
        now: Local time.
        known: Whether the project was remembered before.
    """

    folder: Path
    heading: Heading
    now: datetime
    known: bool = False
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    recovered: list[Recovery] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)

    def open(self, path: Path, title: str, *, expected: bool) -> Opened:
        """Open a file of the memory; a broken one is set aside, a new one begins with ``title``.

        Args:
            path: The file.
            title: Its first heading.
            expected: Whether it should be there, so that its absence is reported.
        """
        document, lines, recovery = open_document(path, now=self.now, expected=expected)
        if recovery:
            self.recovered.append(recovery)
        if document.parts:
            first = not document.regions
            return Opened(self, path, document, document.written, [], first=first)
        document.parts.append(title)
        if recovery and recovery.aside:
            aside = code(recovery.aside)
            document.parts += ["", f"What was here before ({recovery.reason}) is kept in {aside}."]
        return Opened(self, path, document, lines, lines, first=True)


@dataclass(slots=True)
class Opened:
    """A memory file between reading and writing.

    Attributes:
        said: What Funcyard said in it before; of a broken file, whatever could be read.
        saved: What could be read of a broken file.
        first: Whether the file is written for the first time, or anew.
    """

    run: Run
    path: Path
    document: Document
    said: list[str]
    saved: list[str]
    first: bool

    def said_in(self, name: str, heading: str) -> list[str]:
        """Return what Funcyard said in one section, without its heading."""
        if name in self.document.regions:
            return self.document.written_in(name)
        inside = False
        found = []
        for line in self.saved:
            if line.startswith("## "):
                inside = line.strip() == f"## {heading}"
            elif inside:
                found.append(line)
        return found

    def knows(self, line: str) -> bool:
        """Whether Funcyard wrote this line last time, even if a person has changed it since."""
        mark = digest(line)
        return any(mark in region.base for region in self.document.regions.values())

    def safe(self, sections: Sequence[Section]) -> list[Section]:
        """Return sections without secrets; what was withheld is noted."""
        clean: list[Section] = []
        for section in sections:
            text, kinds = withhold("\n".join(section.lines))
            self.run.withheld += [f"{kind} ({self.path.name}, {section.name})" for kind in kinds]
            clean.append(Section(section.name, tuple(text.split("\n"))) if kinds else section)
        return clean

    def differs(self, sections: Sequence[Section], optional: Sequence[str] = ()) -> bool:
        """Whether Funcyard has something else to say than last time."""
        names = {section.name for section in sections}
        gone = any(name in self.document.regions for name in optional if name not in names)
        return gone or any(map(self.document.would_change, sections))

    def write(self, sections: Sequence[Section], retired: Sequence[str] = ()) -> None:
        """Bring the file up to date, if there is anything new or it is no longer fresh."""
        before = render(self.document)
        names = {section.name for section in sections}
        self.document.keep_current(sections, retired=[n for n in retired if n not in names])
        today = self.run.now.date()
        fresh = freshness(self.document.updated, today) is FileState.FRESH
        if fresh and render(self.document) == before:
            self.run.unchanged.append(self.path.name)
            return
        self.document.updated = today
        existed = self.path.exists()
        write_document(self.path, self.document)
        (self.run.updated if existed else self.run.created).append(self.path.name)
