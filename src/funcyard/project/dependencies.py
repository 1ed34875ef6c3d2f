"""What an app's environment holds, read from its lock: one answer for pip, Poetry and uv.

``funcyard up`` installs what :func:`locked_requirements` returns, then the project's local packages
(:func:`local_package_folders`) in editable form. The text is deterministic, so its digest tells
whether an environment is still current. :func:`starting_lock` is the other end: what a new app's
lock holds, by real Poetry and real uv, made by ``scripts/lock-apps.sh`` and shipped as data.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from funcyard.errors import UserError
from funcyard.project.poetry_lock import requirement_lines

if TYPE_CHECKING:
    from funcyard.project.spec import Spec

REQUIRES_PYTHON = ">=3.11,<3.15"
"""The Pythons that the shipped locks are valid for."""

POETRY = ("poetry==2.5.1", "poetry-plugin-export==1.10.1")
"""What the generated Dockerfiles and Makefile install to read a poetry.lock."""

_SETS = Path(__file__).parent / "dependency_sets"
_INCLUDE = re.compile(r"(?:-r|--requirement)[ =]*(?P<file>\S+)\s*(?:#.*)?")
_RELEVANT_PROJECT = ("requires-python", "dependencies", "optional-dependencies")
_RELEVANT_POETRY = ("dependencies", "source", "extras", "dev-dependencies", "group")


class DependencyError(UserError):
    """An app's dependency files are missing, unreadable or do not belong together."""

    code = "bad-dependencies"


@dataclass(frozen=True, slots=True)
class StartingLock:
    """What a new app depends on and the locks that hold it.

    Attributes:
        direct: Requirement strings of pyproject.toml.
        pinned: requirements.txt with exact versions and markers, without hashes, for pip.
        hashed: requirements.txt with hashes, for uv.
        poetry: poetry.lock that belongs to a pyproject.toml with ``direct`` and
            :data:`REQUIRES_PYTHON`.
    """

    direct: tuple[str, ...]
    pinned: str
    hashed: str
    poetry: str


def starting_lock(dependency_set: str) -> StartingLock:
    """Return the lock of a dependency set, such as ``functions`` or ``storage``.

    Raises:
        DependencyError: There is no such set.
    """
    folder = _SETS / dependency_set
    if "/" in dependency_set or not (folder / "dependencies.txt").is_file():
        known = ", ".join(sorted(path.parent.name for path in _SETS.glob("*/dependencies.txt")))
        raise DependencyError(
            f"there is no dependency set named {dependency_set!r}", hint=f"known: {known}"
        )

    def read(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    return StartingLock(
        direct=tuple(read("dependencies.txt").splitlines()),
        pinned=read("requirements.txt"),
        hashed=read("requirements.hashed.txt"),
        poetry=read("poetry.lock"),
    )


def locked_requirements(app_dir: Path, manager: str) -> str:
    """Return what pip (or ``uv pip``) shall install for an app, one requirement a line.

    The lines carry hashes when the lock does. Relative paths in them are relative to ``app_dir``:
    run the installer there. Comments, blank lines and continuations are normalised away, so equal
    requirements give equal text.

    Args:
        app_dir: The app's folder, ``functions/NAME``.
        manager: ``pip``, ``poetry`` or ``uv``, as the spec says.

    Raises:
        DependencyError: A file is missing or malformed, or poetry.lock is older than
            pyproject.toml.
    """
    if manager == "poetry":
        lines = _from_poetry(app_dir)
    else:
        lines = _from_requirements(app_dir / "requirements.txt", frozenset())
    return "".join(f"{line}\n" for line in lines)


def local_package_folders(spec: Spec, project_dir: Path) -> tuple[Path, ...]:
    """Return the folders of the spec's local packages, to be installed in editable form.

    Raises:
        DependencyError: A folder holds neither pyproject.toml nor setup.py.
    """
    folders = []
    for package in spec.local_packages:
        folder = project_dir / package.path
        if not any((folder / name).is_file() for name in ("pyproject.toml", "setup.py")):
            raise DependencyError(
                f"the local package {package.name} is not at {package.path}",
                hint="its folder needs a pyproject.toml; or take it out of funcyard.yaml",
            )
        folders.append(folder)
    return tuple(folders)


def poetry_content_hash(pyproject: dict[str, Any]) -> str:
    """Return the ``content-hash`` that Poetry 2 writes into poetry.lock for a pyproject.toml.

    The algorithm is ``poetry.packages.locker.Locker._get_content_hash`` of Poetry 2.3 and newer; a
    test compares it with the real one.
    """
    project = pyproject.get("project", {})
    poetry = pyproject.get("tool", {}).get("poetry", {})
    groups = pyproject.get("dependency-groups", {})
    of_project = {key: project[key] for key in _RELEVANT_PROJECT if project.get(key) is not None}
    modern = bool(of_project or groups)
    of_poetry = {
        key: poetry.get(key)
        for key in _RELEVANT_POETRY
        if poetry.get(key) is not None or (key != "group" and not modern)
    }
    content: dict[str, Any] = {}
    if of_project:
        content["project"] = of_project
    if groups:
        content["dependency-groups"] = groups
    if content:
        content["tool"] = {"poetry": of_poetry}
    else:
        content = of_poetry
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _from_poetry(app_dir: Path) -> list[str]:
    lock = _toml(app_dir / "poetry.lock", "run `poetry lock` in its folder")
    pyproject = _toml(app_dir / "pyproject.toml", "an app under Poetry needs one")
    metadata = lock.get("metadata", {})
    if metadata.get("lock-version") != "2.1":
        raise DependencyError(
            f"{app_dir / 'poetry.lock'} is of another format than 2.1",
            hint="run `poetry lock` with Poetry 2 in its folder",
        )
    known = {poetry_content_hash(pyproject)}
    known.add(poetry_content_hash({**pyproject, "dependency-groups": {}}))
    if metadata.get("content-hash") not in known:
        raise DependencyError(
            f"{app_dir / 'poetry.lock'} does not belong to pyproject.toml any more",
            hint="run `poetry lock` in its folder",
        )
    try:
        return requirement_lines(lock)
    except (KeyError, TypeError, ValueError) as fault:
        raise DependencyError(
            f"{app_dir / 'poetry.lock'} is malformed: {fault}",
            hint="run `poetry lock` in its folder",
        ) from fault


def _toml(path: Path, hint: str) -> dict[str, Any]:
    text = _read(path, hint)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise DependencyError(f"{path}: {fault}", hint=hint) from fault


def _read(path: Path, hint: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as fault:
        raise DependencyError(f"{path} is missing", hint=hint) from fault
    except (OSError, UnicodeDecodeError) as fault:
        raise DependencyError(f"{path} cannot be read: {fault}") from fault


def _from_requirements(path: Path, including: frozenset[Path]) -> list[str]:
    if path in including:
        raise DependencyError(f"{path} includes itself")
    text = _read(path, "write one, empty if the app needs no packages").replace("\\\n", " ")
    lines: list[str] = []
    for raw in text.splitlines():
        line = re.sub(r"(^|\s)#.*$", "", raw).strip()
        if not line:
            continue
        include = _INCLUDE.fullmatch(line)
        if include is None:
            lines.append(" ".join(line.split()))
        else:
            included = (path.parent / include["file"]).resolve()
            lines.extend(_from_requirements(included, including | {path}))
    return lines
