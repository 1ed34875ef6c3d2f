"""``record``: the one call after a project was generated or changed.

Each file is opened (a broken one set aside first), what Funcyard wrote in it is read back, what it
should say now is made of the spec, the files and the probes, secrets are taken out, and the regions
are brought up to date around a person's lines. A file that says the same is not touched, except
that its date is renewed once it is no longer fresh: it was confirmed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.project.memory import (
    customizations,
    facts,
    generated_files,
    index,
    project_config,
    setup_notes,
)
from funcyard.project.memory.comparing import compare, sentence
from funcyard.project.memory.document import Document, Section
from funcyard.project.memory.history import Heading, dated, history
from funcyard.project.memory.location import INDEX, SKILL, project_folder, projects
from funcyard.project.memory.markdown import render
from funcyard.project.memory.model import (
    CUSTOMIZATIONS,
    FILES,
    GENERATED_FILES,
    PROJECT_CONFIG,
    SETUP_NOTES,
    FileState,
    RecordResult,
    Recovery,
)
from funcyard.project.memory.reading import freshness, load
from funcyard.project.memory.secrets import withhold
from funcyard.project.memory.storing import locked, open_document, write_document
from funcyard.project.memory.weave import digest
from funcyard.project.memory.wording import code, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.memory.model import Change, Probe
    from funcyard.project.spec import Spec


def record(
    store: Path,
    spec: Spec,
    files: Sequence[GeneratedFile],
    change: Change,
    *,
    now: datetime,
    version: str,
    probes: Sequence[Probe] = (),
) -> RecordResult:
    """Remember what was generated; made the first time, brought up to date afterwards.

    Args:
        store: From ``store_for``.
        spec: The project as it is now.
        files: All files of the project as generated now; a remembered one that is not among them
            is recorded as removed.
        change: Which command did what, for the history.
        now: Local time.
        version: Funcyard's own version.
        probes: What was found on this machine; empty leaves what was found before.

    Raises:
        BadProjectNameError: The project's name is no folder name.
        MemoryOutsideError: Its folder leads out of the store.
        MemoryUnwritableError: The store cannot be written; every file is whole, old or new.
    """
    folder = project_folder(store, spec.project_name)
    run = _Run(folder, Heading(stamp(now), version, change), now)
    with locked(folder):
        run.known = any((folder / name).exists() for name in FILES)
        _record_config(run, spec)
        _record_files(run, spec, files)
        _record_customizations(run, spec)
        _record_notes(run, spec, probes)
    with locked(store / SKILL):
        run.open(store / SKILL / INDEX, index.TITLE, expected=False).write(
            index.sections(projects(store))
        )
    return RecordResult(
        folder=folder,
        created=tuple(run.created),
        updated=tuple(run.updated),
        unchanged=tuple(run.unchanged),
        recovered=tuple(run.recovered),
        changes=tuple(run.changes),
        withheld=tuple(run.withheld),
        warnings=load(store, spec.project_name, now=now).problems,
    )


@dataclass(slots=True)
class _Run:
    """One call of ``record``: what it knows and what it did so far."""

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

    def open(self, path: Path, title: str, *, expected: bool) -> _Opened:
        document, lines, recovery = open_document(path, now=self.now, expected=expected)
        if recovery:
            self.recovered.append(recovery)
        if document.parts:
            return _Opened(self, path, document, document.written, first=False)
        document.parts.append(title)
        if recovery and recovery.aside:
            aside = code(recovery.aside)
            document.parts += ["", f"What was here before ({recovery.reason}) is kept in {aside}."]
        return _Opened(self, path, document, lines, first=True)


@dataclass(slots=True)
class _Opened:
    """A memory file between reading and writing.

    Attributes:
        said: What Funcyard said in it before; of a broken file, whatever could be read.
        first: Whether the file is written for the first time, or anew.
    """

    run: _Run
    path: Path
    document: Document
    said: list[str]
    first: bool

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


def _record_config(run: _Run, spec: Spec) -> None:
    title = f"# Project Configuration for {spec.project_name}"
    opened = run.open(run.folder / PROJECT_CONFIG, title, expected=run.known)
    sections = opened.safe(project_config.sections(spec))
    optional = project_config.OPTIONAL
    changed = opened.differs(sections, optional) or run.heading.is_newer_than(opened.said)
    said: list[str] = []
    if changed and not opened.first:
        old = facts.configuration(opened.said)
        new = facts.configuration(line for section in sections for line in section.lines)
        said = [sentence(difference) for difference in compare(old, new)]
        run.changes += said
    head = dated(run.heading, opened.said, changed=changed)
    past = history(run.heading, opened.said, said, changed=changed)
    opened.write(opened.safe([head, *sections, past]), optional)


def _record_files(run: _Run, spec: Spec, files: Sequence[GeneratedFile]) -> None:
    title = f"# Generated Files for {spec.project_name}"
    opened = run.open(run.folder / GENERATED_FILES, title, expected=run.known)
    left = {line for region in opened.document.regions.values() for line in region.base}
    before = generated_files.entries(opened.said)
    after = generated_files.brought_up_to_date(
        before,
        files,
        moment=run.heading.moment,
        is_known=lambda path: opened.first or digest(f"### {path}") in left,
    )
    sections = opened.safe(generated_files.sections(after))
    optional = [name for name in opened.document.regions if name.startswith("files-")]
    changed = opened.differs(sections, optional)
    said = [] if opened.first else generated_files.changes(before, after)
    run.changes += said
    head = dated(run.heading, opened.said, changed=changed)
    past = history(run.heading, opened.said, said, changed=changed)
    opened.write(opened.safe([head, *sections, past]), optional)


def _record_customizations(run: _Run, spec: Spec) -> None:
    title = f"# Customizations for {spec.project_name}"
    opened = run.open(run.folder / CUSTOMIZATIONS, title, expected=run.known)
    sections = opened.safe(customizations.sections(spec))
    former = customizations.former(opened.said, sections, moment=run.heading.moment)
    opened.write([*sections, *opened.safe(former)], customizations.OPTIONAL)


def _record_notes(run: _Run, spec: Spec, probes: Sequence[Probe]) -> None:
    title = f"# Setup Notes for {spec.project_name}"
    opened = run.open(run.folder / SETUP_NOTES, title, expected=run.known)
    found = setup_notes.prerequisites(
        probes,
        opened.document.written_in(setup_notes.PREREQUISITES),
        moment=run.heading.moment,
    )
    opened.write(opened.safe([found, *setup_notes.sections(spec)]))
