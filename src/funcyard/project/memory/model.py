"""What the memory holds and reports, as values: facts, remembered files, health, results.

``load`` makes a :class:`Memory` from Markdown, ``record`` takes a :class:`Change` and makes a
:class:`RecordResult`; the command line and the asker of questions see only these.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

PROJECT_CONFIG = "project_config.md"
GENERATED_FILES = "generated_files.md"
CUSTOMIZATIONS = "customizations.md"
SETUP_NOTES = "setup_notes.md"
FILES = (PROJECT_CONFIG, GENERATED_FILES, CUSTOMIZATIONS, SETUP_NOTES)
"""The four files of a project's memory, in the order in which they are read."""


class ChangeKind(StrEnum):
    """Which command changed the project."""

    NEW = "new"
    UPDATE = "update"
    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Change:
    """What was done to the project, for the history.

    Attributes:
        kind: The command.
        summary: What it did, such as ``added app reporter``; one line.
    """

    kind: ChangeKind
    summary: str = ""


class FileState(StrEnum):
    """How far a memory file can be trusted.

    ``fresh`` up to 30 days after its ``Last Updated``, ``aging`` up to 90, ``stale`` beyond or
    without a date; ``missing`` where the others exist; ``corrupt`` where it cannot be understood.
    """

    FRESH = "fresh"
    AGING = "aging"
    STALE = "stale"
    MISSING = "missing"
    CORRUPT = "corrupt"


@dataclass(frozen=True, slots=True)
class FileHealth:
    """The state of one memory file.

    Attributes:
        name: Such as ``project_config.md``.
        state: See :class:`FileState`.
        updated: The date in its first line.
        lines: How many lines in it a person wrote; more than 500 are worth tidying. What Funcyard
            lists there grows with the project and is none of theirs.
        problem: Why it is corrupt, in words; None where it is not.
        secrets: Numbers of the lines that look like they hold a secret.
        unread: Lines that begin as a fact and cannot be read as one: they count for nothing.
    """

    name: str
    state: FileState
    updated: date | None = None
    lines: int = 0
    problem: str | None = None
    secrets: tuple[int, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RememberedFile:
    """A file that was generated once.

    Attributes:
        path: Relative to the project, POSIX separators.
        group: As in ``GeneratedFile.group``.
        added: When it first came after the first run (``YYYY-MM-DD HH:MM:SS``), else empty.
        removed: When it ceased to be generated, else empty.
    """

    path: str
    group: str
    added: str = ""
    removed: str = ""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one project.

    Attributes:
        project: Its name.
        folder: The folder of its four files, which need not exist.
        facts: The remembered configuration in the shape of ``funcyard.yaml``; only what is known.
        files: What was generated, what was removed included.
        health: One entry for each of the four files, in the order of :data:`FILES`.
    """

    project: str
    folder: Path
    facts: Mapping[str, object] = field(default_factory=dict)
    files: tuple[RememberedFile, ...] = ()
    health: tuple[FileHealth, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether anything was ever remembered: False means this is the first time."""
        return any(file.state is not FileState.MISSING for file in self.health)

    @property
    def state(self) -> FileState:
        """The worst state among the files."""
        order = list(FileState)
        return max((file.state for file in self.health), key=order.index, default=FileState.MISSING)

    @property
    def problems(self) -> tuple[str, ...]:
        """What a person should hear about the memory, one sentence each; empty when all is well."""
        if not self.exists:
            return ()
        return tuple(sentence for file in self.health for sentence in _sentences(file))


def _sentences(file: FileHealth) -> list[str]:
    said = []
    if file.state is FileState.CORRUPT:
        said.append(f"{file.name} is corrupt: {file.problem}")
    elif file.state is FileState.MISSING:
        said.append(f"{file.name} is missing")
    elif file.state is FileState.STALE:
        since = f"last updated {file.updated}" if file.updated else "it has no date"
        said.append(f"{file.name} is stale: {since}")
    if file.lines > MANY_LINES:
        said.append(f"{file.name} has {file.lines} lines of your own: tidy them below {MANY_LINES}")
    said.extend(f"{file.name}: not understood, does not count: {line}" for line in file.unread)
    said.extend(f"{file.name}:{number} looks like it holds a secret" for number in file.secrets)
    return said


MANY_LINES = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """Where memory and spec say different things.

    Attributes:
        path: Field of the spec, list items by name: ``function_apps.loader.port``.
        memory: What the memory says, None where it says nothing.
        spec: What the spec says, None where it says nothing.
    """

    path: str
    memory: object
    spec: object

    def __str__(self) -> str:
        """Return the difference as one sentence for a person."""
        if self.memory is None:
            return f"{self.path}: {_shown(self.spec)} is new to the memory"
        if self.spec is None:
            return f"{self.path}: the memory has {_shown(self.memory)}, the spec has not"
        return f"{self.path}: {_shown(self.memory)} in the memory, {_shown(self.spec)} in the spec"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("name", "it"))
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "nothing"
    return str(value)


@dataclass(frozen=True, slots=True)
class Recovery:
    """A broken file that was set aside and written anew.

    Attributes:
        name: Such as ``setup_notes.md``.
        reason: What was wrong with it.
        aside: Name of the copy kept beside it; None where the file was simply missing.
    """

    name: str
    reason: str
    aside: str | None


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What ``record`` wrote.

    Attributes:
        folder: The project's memory.
        created: Names of files written for the first time.
        updated: Names of files that changed.
        unchanged: Names of files left as they were.
        recovered: Broken or missing files that were written anew.
        changes: What differs from before, as the history says it.
        withheld: What was not written because it looked like a secret: kind and place, no value.
        warnings: What a person should hear, one sentence each.
    """

    folder: Path
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    recovered: tuple[Recovery, ...] = ()
    changes: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def first(self) -> bool:
        """Whether nothing was remembered of the project before."""
        return set(FILES) <= set(self.created) and not self.recovered


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found of one prerequisite.

    Attributes:
        name: Such as ``Docker``.
        version: What it says of itself, such as ``28.2.2``; None when not known.
        state: ``found``, ``not found`` or ``no answer`` (not within the time given).
        detail: More in words, such as ``engine running, 2 CPUs, 7.8 GB memory``.
    """

    name: str
    version: str | None
    state: ProbeState
    detail: str = ""


class ProbeState(StrEnum):
    """Outcome of looking for a prerequisite."""

    FOUND = "found"
    NOT_FOUND = "not found"
    NO_ANSWER = "no answer"
