"""``record``: the one call after a project was generated or changed.

Each file is opened (a broken one set aside first), what Funcyard wrote in it is read back, what it
should say now is made of the spec, the files and the probes, secrets are taken out, and the regions
are brought up to date around a person's lines. A file that says the same is not touched, except
that its date is renewed once it is no longer fresh: it was confirmed.
"""

from __future__ import annotations

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
from funcyard.project.memory.history import TITLE, Heading, dated, history, version_line
from funcyard.project.memory.location import INDEX, SKILL, project_folder, projects
from funcyard.project.memory.model import (
    CUSTOMIZATIONS,
    FILES,
    GENERATED_FILES,
    PROJECT_CONFIG,
    SETUP_NOTES,
    RecordResult,
)
from funcyard.project.memory.reading import load
from funcyard.project.memory.session import Run
from funcyard.project.memory.storing import locked
from funcyard.project.memory.wording import stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.memory.model import Change, Probe
    from funcyard.project.spec import Spec
    from funcyard.project.views import Remarks


def record(
    store: Path,
    spec: Spec,
    files: Sequence[GeneratedFile],
    change: Change,
    *,
    now: datetime,
    version: str,
    probes: Sequence[Probe] = (),
    remarks: Remarks | None = None,
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
        remarks: What is to be said of functions that the code has not as the spec says.

    Raises:
        BadProjectNameError: The project's name is no folder name.
        MemoryOutsideError: Its folder leads out of the store.
        MemoryUnwritableError: The store cannot be written; every file is whole, old or new.
    """
    folder = project_folder(store, spec.project_name)
    run = Run(folder, Heading(stamp(now), version, change), now)
    with locked(folder):
        run.known = any((folder / name).exists() for name in FILES)
        _record_config(run, spec, remarks or {})
        _record_files(run, spec, files)
        _record_customizations(run, spec)
        _record_notes(run, spec, probes, remarks or {})
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


def _record_config(run: Run, spec: Spec, remarks: Remarks) -> None:
    title = f"# Project Configuration for {spec.project_name}"
    opened = run.open(run.folder / PROJECT_CONFIG, title, expected=run.known)
    sections = opened.safe(project_config.sections(spec, remarks))
    optional = project_config.OPTIONAL
    changed = opened.differs(sections, optional) or not opened.knows(version_line(run.heading))
    said: list[str] = []
    if changed and not opened.first:
        old = facts.configuration(opened.said)
        new = facts.configuration(line for section in sections for line in section.lines)
        said = [sentence(difference) for difference in compare(old, new)]
        run.changes += said
    head = dated(run.heading, opened.said, changed=changed, first=opened.first)
    past = history(run.heading, opened.said_in("history", TITLE), said, changed=changed)
    opened.write(opened.safe([head, *sections, past]), optional)


def _record_files(run: Run, spec: Spec, files: Sequence[GeneratedFile]) -> None:
    title = f"# Generated Files for {spec.project_name}"
    opened = run.open(run.folder / GENERATED_FILES, title, expected=run.known)
    before = generated_files.entries(opened.said)
    after = generated_files.brought_up_to_date(
        before,
        files,
        moment=run.heading.moment,
        is_known=lambda path: opened.first or opened.knows(f"### {path}"),
    )
    sections = opened.safe(generated_files.sections(after))
    optional = [name for name in opened.document.regions if name.startswith("files-")]
    changed = opened.differs(sections, optional)
    said = [] if opened.first else generated_files.changes(before, after, moment=run.heading.moment)
    run.changes += said
    head = dated(run.heading, opened.said, changed=changed, first=opened.first)
    past = history(run.heading, opened.said_in("history", TITLE), said, changed=changed)
    opened.write(opened.safe([head, *sections, past]), optional)


def _record_customizations(run: Run, spec: Spec) -> None:
    title = f"# Customizations for {spec.project_name}"
    opened = run.open(run.folder / CUSTOMIZATIONS, title, expected=run.known)
    sections = opened.safe(customizations.sections(spec))
    former = customizations.former(opened.said, sections, moment=run.heading.moment)
    opened.write([*sections, *opened.safe(former)], customizations.OPTIONAL)


def _record_notes(run: Run, spec: Spec, probes: Sequence[Probe], remarks: Remarks) -> None:
    title = f"# Setup Notes for {spec.project_name}"
    opened = run.open(run.folder / SETUP_NOTES, title, expected=run.known)
    found = setup_notes.prerequisites(
        probes,
        opened.document.written_in(setup_notes.PREREQUISITES),
        moment=run.heading.moment,
    )
    opened.write(opened.safe([found, *setup_notes.sections(spec, remarks)]))
