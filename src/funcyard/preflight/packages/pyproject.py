"""pyproject.toml, Pipfile and lock files: what they ask for, whatever else may be wrong in them."""

from __future__ import annotations

import functools
import json
import tomllib
from typing import TYPE_CHECKING, Any

from funcyard.plain_files import read_text
from funcyard.preflight.packages.requirement import Requirement, normalized, requirement

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.preflight.packages.requirement import Requirements

LOCKS = ("poetry.lock", "uv.lock", "pdm.lock", "pylock.toml", "Pipfile.lock")


def read_pyproject(path: Path, found: Requirements) -> None:
    """Add what a pyproject.toml asks for, by the standard's table or by Poetry's."""
    document = _toml(path)
    asked = _table(document, "project").get("dependencies")
    table = _table(document, "tool", "poetry", "dependencies")
    if path in found.files or (asked is None and not table):
        return
    found.files.append(path)
    lines = _text(path).splitlines()
    for text in asked if isinstance(asked, list) else ():
        told = requirement(str(text), path, _line_with(lines, str(text)))
        if told is not None:
            found.direct.append(told)
    _read_versions(path, table, found)


def read_pipfile(path: Path, found: Requirements) -> None:
    """Add what a Pipfile asks for."""
    found.files.append(path)
    _read_versions(path, _table(_toml(path), "packages"), found)


def read_package(folder: Path, found: Requirements) -> None:
    """Add a local package and what it asks for itself."""
    path = folder / "pyproject.toml"
    found.folders.append(folder)
    if name := package_name(folder):
        found.direct.append(Requirement(name, path, 1, name, bounded=True))
    read_pyproject(path, found)


def package_name(folder: Path) -> str:
    """Return the normalized name of a local package, empty where it has none."""
    document = _toml(folder / "pyproject.toml")
    name = _table(document, "project").get("name") or _table(document, "tool", "poetry").get("name")
    return normalized(name) if isinstance(name, str) else ""


def locked_names(path: Path) -> set[str]:
    """Return the normalized names of the distributions in a lock file."""
    if path.name == "Pipfile.lock":
        try:
            names: Any = _table(json.loads(_text(path) or "{}"), "default")
        except ValueError:
            names = ()
    else:
        document = _toml(path)
        packages = document.get("package", document.get("packages"))
        listed = packages if isinstance(packages, list) else []
        names = [package.get("name") for package in listed if isinstance(package, dict)]
    return {normalized(name) for name in names if isinstance(name, str)}


def _read_versions(path: Path, table: dict[str, Any], found: Requirements) -> None:
    """Add a table of name to version, or to properties with a version or a place."""
    lines = _text(path).splitlines()
    for name, value in table.items():
        if name.lower() == "python":
            continue
        version = value.get("version") if isinstance(value, dict) else value
        bounded = version is None or str(version)[:1] in "^~=0123456789<" or "<" in str(version)
        line = _line_with(lines, name)
        text = lines[line - 1].strip() if lines else name
        found.direct.append(Requirement(normalized(name), path, line, text, bounded=bounded))


def _table(document: Any, *names: str) -> dict[str, Any]:  # noqa: ANN401 - TOML or JSON
    for name in names:
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _toml(path: Path) -> dict[str, Any]:
    return _parsed(_text(path))


@functools.lru_cache(maxsize=32)
def _parsed(text: str) -> dict[str, Any]:
    """Return a document that nobody may change: apps of one project often have the same lock."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _text(path: Path) -> str:
    try:
        return read_text(path, "utf-8-sig", "replace")
    except OSError:
        return ""


def _line_with(lines: list[str], text: str) -> int:
    for wanted in (f'"{text}"', f"'{text}'", text):
        for number, line in enumerate(lines, start=1):
            if wanted in line:
                return number
    return 1
