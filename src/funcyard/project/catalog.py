"""Blueprints: the folders beside this file from which a whole project starts.

A folder ``blueprints/NAME/`` holds ``spec.yaml`` (a spec with comments), and as it needs them
``blueprint.yaml`` (``title``, ``dependency_set``), ``files/`` (a tree copied once into the project,
over whatever the templates make at the same path; ``*.j2`` is rendered first) and ``demo.py``
(what ``up --demo`` runs). Nothing in the code names one: a new folder is a new blueprint.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from funcyard.errors import UsageError

ROOT = Path(__file__).parent / "blueprints"
DEFAULT_DEPENDENCY_SET = "functions"
RENDERED = ".j2"
"""Ending of a blueprint's file that is rendered first."""

_IGNORED = {"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".venv"}


class UnknownBlueprintError(UsageError):
    """No blueprint has the name that was asked for."""

    code = "unknown-blueprint"


@dataclass(frozen=True, slots=True)
class Blueprint:
    """One blueprint as it lies in the package.

    Attributes:
        name: Of its folder.
        title: One line for a list.
        spec_text: Its ``spec.yaml``, comments included.
        files: Path in the project, bytes and permission bits of each file of ``files/``, sorted.
        demo: The script that ``up --demo`` runs, or None.
        dependency_set: Which locked set of packages its apps start with: a folder of
            ``project/dependency_sets/``.
    """

    name: str
    title: str
    spec_text: str
    files: tuple[tuple[str, bytes, int], ...] = ()
    demo: Path | None = None
    dependency_set: str = DEFAULT_DEPENDENCY_SET


def blueprints() -> tuple[Blueprint, ...]:
    """Return every blueprint, by name."""
    return tuple(
        _load(folder) for folder in sorted(ROOT.iterdir()) if (folder / "spec.yaml").is_file()
    )


def blueprint(name: str) -> Blueprint:
    """Return one blueprint.

    Raises:
        UnknownBlueprintError: There is none of that name; the hint lists the known ones.
    """
    known = _folders()
    if name not in known:
        raise UnknownBlueprintError(
            f"there is no blueprint named {name!r}", hint=f"known: {', '.join(sorted(known))}"
        )
    return _load(known[name])


def paths_of(name: str) -> frozenset[str]:
    """Return the paths of the files that a blueprint brings; none for one that there is not."""
    folder = _folders().get(name)
    files = _load(folder).files if folder else ()
    return frozenset(path.removesuffix(RENDERED) for path, _, _ in files)


def _folders() -> dict[str, Path]:
    return {path.parent.name: path.parent for path in ROOT.glob("*/spec.yaml")}


@functools.cache
def _load(folder: Path) -> Blueprint:
    about: dict[str, Any] = {}
    if (folder / "blueprint.yaml").is_file():
        about = YAML(typ="safe", pure=True).load(folder / "blueprint.yaml") or {}
    demo = folder / "demo.py"
    return Blueprint(
        name=folder.name,
        title=about.get("title", folder.name),
        spec_text=(folder / "spec.yaml").read_text(encoding="utf-8"),
        files=tuple(_files(folder / "files")),
        demo=demo if demo.is_file() else None,
        dependency_set=about.get("dependency_set", DEFAULT_DEPENDENCY_SET),
    )


def _files(root: Path) -> list[tuple[str, bytes, int]]:
    found = []
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if not path.is_file() or path.is_symlink() or _IGNORED & set(relative.parts):
            continue
        mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
        found.append((relative.as_posix(), path.read_bytes(), mode))
    return found
