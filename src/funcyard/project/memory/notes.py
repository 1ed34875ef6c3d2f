"""Notes: what a person wants remembered, put under a heading with the moment it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.errors import UsageError
from funcyard.project.memory import setup_notes
from funcyard.project.memory.location import SKILL, project_folder
from funcyard.project.memory.model import CUSTOMIZATIONS, FILES, SETUP_NOTES, Recovery
from funcyard.project.memory.secrets import refuse
from funcyard.project.memory.storing import locked, open_document, write_document
from funcyard.project.memory.wording import prose, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from funcyard.project.memory.model import Probe

DEFAULT_SECTION = "Notes"
_LONGEST = 10_000
_TITLES = {SETUP_NOTES: "Setup Notes", CUSTOMIZATIONS: "Customizations"}


class EmptyNoteError(UsageError):
    """There is nothing to remember, or too much."""

    code = "bad-note"


class NoMemoryError(UsageError):
    """Nothing is remembered of the project."""

    code = "no-memory"


def note(
    store: Path,
    project: str,
    text: str,
    *,
    now: datetime,
    file: str = SETUP_NOTES,
    section: str = DEFAULT_SECTION,
) -> tuple[Path, str, Recovery | None]:
    """Append a note to a project's memory.

    Args:
        store: From ``store_for``.
        project: A project that the store remembers.
        text: The note; it becomes one list item, its line breaks spaces.
        now: Local time.
        file: ``setup_notes.md`` or ``customizations.md``.
        section: Heading to put it under, made at the end of the file if it is not there.

    Returns:
        The file, the line that was added, and what was recovered on the way.

    Raises:
        EmptyNoteError: Text or section is empty or longer than 10,000 characters.
        SecretRefusedError: The note looks like it holds a secret.
        NoMemoryError: The store remembers no such project.
        MemoryUnwritableError: The file cannot be written.
    """
    if not text.strip() or not section.strip() or len(text) > _LONGEST:
        raise EmptyNoteError(f"a note has 1 to {_LONGEST} characters and a heading")
    refuse(f"{section}\n{text}", what="the note")
    line = f"- {stamp(now)}: {prose(text)}"
    path = remembered(store, project) / file
    with locked(path.parent):
        document, _, recovery = open_document(path, now=now, expected=True)
        if not document.parts:
            document.parts.append(f"# {_TITLES[file]} for {project}")
        document.append_under(prose(section), [line])
        document.updated = now.date()
        write_document(path, document)
    return path, line, recovery


def refresh_probes(store: Path, project: str, probes: Sequence[Probe], *, now: datetime) -> Path:
    """Write what was found on this machine into a project's setup notes.

    Raises:
        NoMemoryError: The store remembers no such project.
        MemoryUnwritableError: The file cannot be written.
    """
    path = remembered(store, project) / SETUP_NOTES
    with locked(path.parent):
        document, _, _ = open_document(path, now=now, expected=True)
        if not document.parts:
            document.parts.append(f"# {_TITLES[SETUP_NOTES]} for {project}")
        section = setup_notes.prerequisites(
            probes, document.written_in(setup_notes.PREREQUISITES), moment=stamp(now)
        )
        if document.would_change(section):
            document.keep_current([section])
            document.updated = now.date()
            write_document(path, document)
    return path


def remembered(store: Path, project: str) -> Path:
    """Return the folder of a project's memory.

    Raises:
        NoMemoryError: The store remembers no such project.
        BadProjectNameError: ``project`` is not one plain folder name.
    """
    folder = project_folder(store, project)
    if not any((folder / name).exists() for name in FILES):
        raise NoMemoryError(
            f"nothing is remembered of {project!r} in {store / SKILL}",
            hint="`funcyard memory list` shows what is; `--memory DIR` names another store",
        )
    return folder
