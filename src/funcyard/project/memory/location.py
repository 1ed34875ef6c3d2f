"""Where memory lies: which store belongs to a project, which folder of it, and what is refused.

A store is ``.funcyard/memory`` at the nearest Git root, else in the project, or a folder that a
person named, now or for an earlier command (``chosen.py``); in it,
``generate-azure-functions/<project>/`` holds the four files of a project.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from funcyard.errors import UsageError, UserError
from funcyard.project.memory.chosen import choose_store, chosen_store

SKILL = "generate-azure-functions"
INDEX = "index.md"
DEFAULT_STORE = Path(".funcyard", "memory")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class BadProjectNameError(UsageError):
    """The name cannot be the name of a project's folder."""

    code = "bad-project-name"


class MemoryOutsideError(UserError):
    """The memory's folder leads, by a symbolic link, out of the place it belongs to."""

    code = "memory-outside"


def git_root(root: Path) -> Path | None:
    """Return the nearest folder at or above ``root`` that holds ``.git``, None without one.

    ``.git`` may be a file, as in worktrees and submodules; ``root`` need not exist yet.
    """
    start = Path(root).absolute()
    return next((at for at in (start, *start.parents) if (at / ".git").exists()), None)


def store_for(root: Path, memory: Path | None = None) -> Path:
    """Return the memory store of the project in ``root``; nothing is created.

    Args:
        root: The project's folder, which need not exist yet.
        memory: A store that a person named, of one project or many; wins when given.

    Raises:
        MemoryOutsideError: ``.funcyard/memory`` leads out of the Git root or the project.
        LocalStateError: See ``chosen.chosen_store``.
    """
    if memory is not None:
        return Path(memory).absolute()
    return chosen_store(root) or usual_store(root)


def usual_store(root: Path) -> Path:
    """Return the store of a project for which nobody named another; nothing is created.

    Raises:
        MemoryOutsideError: See :func:`store_for`.
    """
    base = git_root(root) or Path(root).absolute()
    store = base / DEFAULT_STORE
    _refuse_escape(store, base)
    return store


def remember_store(root: Path, memory: Path | None) -> None:
    """Keep the store that a person named, for the commands to come; None names none.

    Raises:
        MemoryUnwritableError: See ``chosen.choose_store``.
    """
    if memory is not None:
        store = Path(os.path.abspath(memory))  # noqa: PTH100 - resolve() would follow the links
        usual = (git_root(root) or Path(root).absolute()) / DEFAULT_STORE
        choose_store(root, None if store == usual else store)


def project_folder(store: Path, project: str) -> Path:
    """Return the folder of a project's memory in ``store``; nothing is created.

    Raises:
        BadProjectNameError: ``project`` is not one plain folder name.
        MemoryOutsideError: The folder leads out of the store.
    """
    if not _NAME.fullmatch(project):
        raise BadProjectNameError(
            f"{project!r} is not a project's name",
            hint="letters, digits, hyphens, dots and underscores; see `funcyard memory list`",
        )
    folder = store / SKILL / project
    _refuse_escape(folder, store)
    return folder


def projects(store: Path) -> list[str]:
    """Return the names of the projects that ``store`` remembers, sorted."""
    folder = store / SKILL
    if not folder.is_dir():
        return []
    return sorted(
        entry.name
        for entry in folder.iterdir()
        if entry.is_dir() and not entry.is_symlink() and _NAME.fullmatch(entry.name)
    )


def _refuse_escape(path: Path, base: Path) -> None:
    if not path.resolve().is_relative_to(base.resolve()):
        raise MemoryOutsideError(
            f"{path} leads out of {base}",
            hint="remove the symbolic link, or name a store with --memory DIR",
        )
