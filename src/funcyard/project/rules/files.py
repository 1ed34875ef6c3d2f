"""Local packages, volumes and system packages: names and paths that can be trusted in a build.

What is written here reaches Dockerfiles, Compose, the Tiltfile and shells, so only characters that
mean nothing there are taken, and no path leaves the project except below the home folder.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from funcyard.project.findings import Fault
from funcyard.project.names import identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.faults import Path
    from funcyard.project.spec import Spec

HOME = re.compile(r"(~|\$HOME|\$\{HOME\})(/|\Z)")
"""How a volume's source names the home folder."""

_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_SAFE_PATH = re.compile(r"[A-Za-z0-9._@+/-]+\Z")
_SYSTEM_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+~:-]+)?\Z")
_GENERATED = (".docker", ".funcyard", ".git", ".vscode", ".venv", ".devcontainer", "functions")
_COVERED = ("/", "/home", "/home/site", "/home/site/wwwroot", "/azure-functions-host")
FOREIGN = frozenset({"azure-functions", "azure", "pip", "setuptools", "wheel"})
"""Published packages that a local one of their name would replace."""


def packages(spec: Spec) -> Iterator[Fault]:
    """A local package has a name that pip takes, and a folder of its own in the project."""
    for index, package in enumerate(spec.local_packages):
        path = ("local_packages", index)
        if not _DISTRIBUTION.match(package.name) or not identifier(package.name).isidentifier():
            yield Fault(
                (*path, "name"), f"{package.name!r} is not a package name", "for example data-utils"
            )
        elif normal(package.name) in FOREIGN:
            yield Fault((*path, "name"), f"{package.name!r} is a published package's name")
        if fault := _leaves(package.path):
            yield Fault((*path, "path"), fault, "a folder in the project, such as ./data-utils")
        else:
            parts = PurePosixPath(package.path).parts
            if not parts:
                yield Fault((*path, "path"), "is the project itself", "give the package a folder")
            elif parts[0] in _GENERATED:
                yield Fault((*path, "path"), f"{parts[0]}/ is generated", "put it beside that")


def repeated_packages(spec: Spec) -> Iterator[Fault]:
    """Two packages of one import name or one folder would replace each other."""
    names: dict[str, str] = {}
    folders: dict[PurePosixPath, str] = {}
    for index, package in enumerate(spec.local_packages):
        path = ("local_packages", index)
        other = names.setdefault(identifier(package.name), package.name)
        if any(item.name == other for item in spec.local_packages[:index]):
            yield Fault((*path, "name"), f"{package.name!r} is imported as {other!r} is")
        owner = folders.setdefault(PurePosixPath(package.path), package.name)
        if owner != package.name:
            yield Fault((*path, "path"), f"{package.path!r} is already the folder of {owner!r}")


def volumes(spec: Spec) -> Iterator[Fault]:
    """A volume shows a folder of the project or of the home folder, and hides no code."""
    targets: set[str] = set()
    for index, volume in enumerate(spec.volumes):
        path = ("volumes", index)
        yield from _source((*path, "source"), volume.source)
        target = PurePosixPath(volume.target)
        if not target.is_absolute() or ".." in target.parts or not _SAFE_PATH.match(volume.target):
            yield Fault((*path, "target"), f"{volume.target!r} is not a plain absolute path")
        elif target.as_posix().replace("//", "/") in _COVERED:
            yield Fault((*path, "target"), f"{volume.target!r} would hide the app or its host")
        if target.as_posix() in targets:
            yield Fault((*path, "target"), f"{volume.target!r} comes twice")
        targets.add(target.as_posix())


def _source(path: Path, source: str) -> Iterator[Fault]:
    home = HOME.match(source)
    inside = source[home.end() :] if home else source
    hint = "a folder in the project (./data) or below the home folder (~/.azure)"
    if home and not PurePosixPath(inside).parts:
        yield Fault(path, "is the whole home folder", "name a folder below it, such as ~/.azure")
    elif fault := _leaves(inside):
        yield Fault(path, fault.replace("the project", "the home folder") if home else fault, hint)


def system_packages(spec: Spec) -> Iterator[Fault]:
    """A system package is a Debian name, with a version behind = at most."""
    seen: set[str] = set()
    for index, name in enumerate(spec.system_packages):
        if not _SYSTEM_PACKAGE.match(name):
            yield Fault(("system_packages", index), f"{name!r} is not a Debian package name")
        elif name.partition("=")[0] in seen:
            yield Fault(("system_packages", index), f"{name!r} comes twice")
        seen.add(name.partition("=")[0])


def _leaves(text: str) -> str | None:
    """Return why a path cannot be one inside the project, None where it can."""
    path = PurePosixPath(text)
    if path.is_absolute() or text.startswith("~") or re.match(r"[A-Za-z]:", text):
        return f"{text!r} leaves the project"
    if ".." in path.parts:
        return f"{text!r} leaves the project: .. is not taken"
    if not _SAFE_PATH.match(text):
        return f"{text!r} may hold letters, digits and . _ - @ + / only"
    return None


def normal(name: str) -> str:
    """Return a package's name as pip compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
