"""Reading a project's memory back: facts, files and the health of each file; nothing is written.

``load`` understands what it can, also of a broken file, and says what it could not. ``fill`` puts
remembered choices where a spec leaves them open, so that nothing is asked or decided twice.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from funcyard.project.memory import facts, generated_files
from funcyard.project.memory.location import INDEX, SKILL, project_folder
from funcyard.project.memory.markdown import text_lines
from funcyard.project.memory.model import (
    CUSTOMIZATIONS,
    FILES,
    GENERATED_FILES,
    PROJECT_CONFIG,
    FileHealth,
    FileState,
    Memory,
)
from funcyard.project.memory.secrets import find_secret
from funcyard.project.memory.storing import UnreadableError, read_document
from funcyard.project.place import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

FRESH_DAYS = 30
AGING_DAYS = 90

_OPEN_CHOICES = ("runtime", "programming_model", "dependency_manager")


def load(store: Path, project: str, *, now: datetime) -> Memory:
    """Return what ``store`` remembers of ``project``; ``exists`` is False the first time.

    Raises:
        BadProjectNameError: ``project`` is not one plain folder name.
        MemoryOutsideError: Its folder leads out of the store.
    """
    folder = project_folder(store, project)
    read = [_examine(folder / name, now) for name in FILES]
    lines = {health.name: text for health, text in read}
    memory = Memory(project, folder, health=tuple(health for health, _ in read))
    if not memory.exists:
        return memory
    known: dict[str, object] = {"project_name": project}
    known |= facts.configuration(lines[PROJECT_CONFIG])
    if reasons := facts.reasons(lines[CUSTOMIZATIONS]):
        known["reasons"] = reasons
    listed = generated_files.entries(lines[GENERATED_FILES])
    return Memory(project, folder, known, tuple(entry.file for entry in listed), memory.health)


def is_complete(store: Path, project: str) -> bool:
    """Tell whether every file of a project's memory is there, and the store's index.

    Raises:
        BadProjectNameError, MemoryOutsideError: See :func:`load`.
    """
    folder = project_folder(store, project)
    paths = (*(folder / name for name in FILES), store / SKILL / INDEX)
    return all(os.path.lexists(path) for path in paths)


def fill(document: Mapping[str, Any], memory: Memory) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a spec with remembered choices where it leaves them open, and which those are.

    Open are the runtime, the programming model and the dependency manager that are not in
    ``document``, and the port and purpose of an app that it names without, as a mapping or as just
    a name. A port that another app of it states is not open. What a choice was made for comes with
    it. Apps, storage and all else are never added: the spec says what there is.

    Args:
        document: A spec as its YAML says it, before anything is validated.
        memory: What is remembered of the project.
    """
    filled = dict(document)
    names: list[str] = []
    for choice in _OPEN_CHOICES:
        if choice not in filled and choice in memory.facts:
            filled[choice] = memory.facts[choice]
            names.append(choice)
    apps = filled.get("function_apps")
    if isinstance(apps, list):
        stated = [app.get("port") for app in apps if isinstance(app, dict)]
        filled["function_apps"] = [_fill_app(app, memory, names, stated) for app in apps]
    reasons = memory.facts.get("reasons")
    given = filled.get("reasons", {})
    if isinstance(reasons, dict) and isinstance(given, dict):
        came = {key: reasons[key] for key in names if key in reasons and key not in given}
        if came:
            filled["reasons"] = {**given, **came}
    return filled, tuple(names)


def freshness(updated: date | None, today: date) -> FileState:
    """Return how old a file is by the date in its first line; without one it is stale."""
    if updated is None or (today - updated).days > AGING_DAYS:
        return FileState.STALE
    return FileState.FRESH if (today - updated).days <= FRESH_DAYS else FileState.AGING


def _examine(path: Path, now: datetime) -> tuple[FileHealth, list[str]]:
    try:
        document = read_document(path)
    except UnreadableError as fault:
        lines = text_lines(fault.text)
        problem = str(fault)
        return FileHealth(path.name, FileState.CORRUPT, problem=problem), lines
    if document is None:
        return FileHealth(path.name, FileState.MISSING), []
    state = freshness(document.updated, now.date())
    lines = document.lines
    health = FileHealth(
        path.name,
        state,
        document.updated,
        len(document.own),
        secrets=_secret_lines(lines),
        unread=_unread(lines) if path.name == PROJECT_CONFIG else (),
    )
    return health, lines


def _unread(lines: Sequence[str]) -> tuple[str, ...]:
    """Return lines that were meant to be read and cannot be; secrets are told of elsewhere."""
    return tuple(shown(line) for line in facts.unread(lines) if not find_secret(line))


def _secret_lines(lines: Sequence[str]) -> tuple[int, ...]:
    """Return where secrets seem to be, counted in the text without the comments of regions."""
    if not find_secret("\n".join(lines)):
        return ()
    return tuple(number for number, line in enumerate(lines, start=1) if find_secret(line))


def _fill_app(app: object, memory: Memory, names: list[str], stated: list[object]) -> object:
    """Return an app with its remembered port and purpose; just its name where there are none."""
    remembered = memory.facts.get("function_apps")
    given = {"name": app} if isinstance(app, str) else app
    if not isinstance(given, dict) or not isinstance(remembered, list):
        return app
    known: dict[str, Any] = next(
        (each for each in remembered if each.get("name") == given.get("name")), {}
    )
    added = {
        field: known[field]
        for field in ("port", "purpose")
        if field in known and field not in given and (field != "port" or known[field] not in stated)
    }
    names += [f"function_apps.{known['name']}.{field}" for field in added]
    return {**given, **added} if added else app
