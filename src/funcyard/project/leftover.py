"""Packages that a person asked for in a file that the dependency manager does not go by.

Each manager has its own files: pip requirements.txt, Poetry pyproject.toml and poetry.lock; uv
installs from requirements.txt, which is exported from pyproject.toml. After ``dependency_manager``
changed in the spec, what was written into the files of the one before is no longer read, or is
gone with the next export. It cannot be carried over without being locked anew, which is the
manager's work, so it is named together with what becomes of it and what to do.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from funcyard.project.tree import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from funcyard.project.files import GeneratedFile
    from funcyard.project.spec import Spec

_REQUIREMENTS = "requirements.txt"
_PROJECT = "pyproject.toml"
_LOCK = "poetry.lock"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_HASH = "--hash"

Packages = dict[str, str]
"""Normal name to the requirement as it is written."""

_Lacking = tuple[str, Packages, str]
"""A file, what it alone asks for, and what becomes of that and what to do."""


def leftover_packages(root: Path, spec: Spec, files: Iterable[GeneratedFile]) -> Iterator[str]:
    """Yield a sentence for each file with packages that the dependency manager does not go by.

    Args:
        root: The project's folder.
        spec: Its spec.
        files: What is generated: it stands in for a file that is not there yet.

    Raises:
        PathBlockedError: A link or a folder stands where a file belongs.
    """
    generated = {file.path: file.content for file in files}
    manager = spec.dependency_manager
    for app in spec.function_apps:
        folder = f"functions/{app.name}"
        for file, lacking, told in _LACKING[manager](_Folder(root, folder, generated)):
            if lacking:
                names = ", ".join(_unhashed(lacking[name]) for name in sorted(lacking))
                yield f"{folder}/{file} asks for {names}, {told}"


class _Folder:
    """The files of one app: as they are, else as they will be."""

    def __init__(self, root: Path, folder: str, generated: Mapping[str, bytes]) -> None:
        self._root = root
        self._folder = folder
        self._generated = generated

    def text(self, name: str) -> str:
        """Return a file's text; empty where there is none and none is generated."""
        disk = read(self._root, f"{self._folder}/{name}")
        return disk.content.decode("utf-8", "replace") if disk else self.starting(name)

    def starting(self, name: str) -> str:
        """Return a file's text as it is generated."""
        return self._generated.get(f"{self._folder}/{name}", b"").decode()


def _under_pip(app: _Folder) -> Iterator[_Lacking]:
    locked = _required(app.text(_REQUIREMENTS))
    mend = "add it to requirements.txt there"
    if _hashed(locked):
        mend += ", with its hashes as the other lines have them: pip refuses a line without"
    asked = _unmarked(_asked(app.text(_PROJECT)))
    yield _PROJECT, _without(asked, locked), f"which pip does not install: {mend}"


def _under_uv(app: _Folder) -> Iterator[_Lacking]:
    asked, locked = _asked(app.text(_PROJECT)), _required(app.text(_REQUIREMENTS))
    by_hand = {name: line for name, line in locked.items() if _HASH not in line}
    told = "which is installed now, and gone with the next export, as pyproject.toml lacks it"
    if _hashed(locked):
        told = "without a hash beside lines that have one, which pip refuses, and so do the images"
    told += ": add it to pyproject.toml there, then export requirements.txt as the README says"
    yield _REQUIREMENTS, _without(by_hand, asked, _required(app.starting(_REQUIREMENTS))), told
    told = "which is not installed until requirements.txt is exported anew, as the README says"
    yield _PROJECT, _without(_unmarked(asked), locked), told


def _under_poetry(app: _Folder) -> Iterator[_Lacking]:
    known = (_locked(app.text(_LOCK)), _asked(app.text(_PROJECT)))
    told = "which poetry does not install: run `poetry add --lock PACKAGE` there"
    yield _REQUIREMENTS, _without(_required(app.text(_REQUIREMENTS)), *known), told


_LACKING = {"pip": _under_pip, "uv": _under_uv, "poetry": _under_poetry}


def _without(packages: Packages, *known: Packages) -> Packages:
    names = {name for each in known for name in each}
    return {name: line for name, line in packages.items() if name not in names}


def _hashed(packages: Packages) -> bool:
    """Tell whether pip takes only lines with hashes: it does so for all once one has them."""
    return any(_HASH in line for line in packages.values())


def _unhashed(line: str) -> str:
    return line.partition(_HASH)[0].rstrip()


def _unmarked(packages: Packages) -> Packages:
    """Return those that every machine asks for: a lock may leave the others out."""
    return {name: line for name, line in packages.items() if ";" not in line}


def _required(text: str) -> Packages:
    """Return what a requirements.txt holds; options and addresses are passed over."""
    lines = (line.partition(" #")[0].strip() for line in text.replace("\\\n", " ").splitlines())
    return _by_name(line for line in lines if "://" not in line.partition(" ")[0])


def _asked(text: str) -> Packages:
    """Return what a pyproject.toml asks for, as the standard or as older Poetry writes it."""
    data = _toml(text)
    standard = data.get("project", {}).get("dependencies", [])
    older = data.get("tool", {}).get("poetry", {}).get("dependencies", {})
    names = [*map(str, standard), *(name for name in older if name != "python")]
    return _by_name(names)


def _locked(text: str) -> Packages:
    return _by_name(str(package.get("name", "")) for package in _toml(text).get("package", []))


def _toml(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}  # whoever installs from it says so


def _by_name(lines: Iterable[str]) -> Packages:
    found = ((match[0], line) for line in lines if (match := _NAME.match(line)))
    return {re.sub(r"[-_.]+", "-", name).lower(): line for name, line in found}
