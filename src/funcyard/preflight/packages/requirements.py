"""Everything that an app asks to be installed, from the files nearest to it.

The nearest folder that holds such files counts, from the app's own up to the checked one. What the
app's Dockerfile installs counts, too, by name, from a file or from a folder that it copies, and
each local package with what it asks for itself.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from funcyard.preflight.image.origins import folder_at
from funcyard.preflight.packages.pip_install import installed_by
from funcyard.preflight.packages.pyproject import (
    LOCKS,
    locked_names,
    package_name,
    read_package,
    read_pipfile,
    read_pyproject,
)
from funcyard.preflight.packages.requirement import Requirement, Requirements
from funcyard.preflight.packages.requirement_lines import read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from funcyard.preflight.image.build import Build
    from funcyard.preflight.target import Target

_OTHERS = ("setup.py", "setup.cfg", "environment.yml", "environment.yaml")
_MORE = "requirements*/*.txt"
_PACKAGE = ("pyproject.toml", "setup.py", "setup.cfg")


def requirements_of(target: Target, root: Path, builds: Iterable[Build]) -> Requirements:
    """Return what an app asks for.

    Args:
        target: The app.
        root: The outermost folder to look in.
        builds: What makes its image.
    """
    found = Requirements()
    for folder in (target.directory, *target.directory.parents):
        _read_folder(folder, found)
        if found.files:
            break
        found.is_whole = found.is_whole and not _has_others(folder)
        if folder == root or not folder.is_relative_to(root):
            break
    for package in target.packages:
        read_package(package, found)
    are_whole = [_read_dockerfile(build, found) for build in builds]
    found.is_whole = (found.is_whole or bool(found.files)) and all(are_whole)
    return found


def _read_folder(folder: Path, found: Requirements) -> None:
    for name in ("requirements.txt", "requirements.in"):
        if (folder / name).is_file():
            read_lines(folder / name, found)
    if (folder / "pyproject.toml").is_file():
        read_pyproject(folder / "pyproject.toml", found)
    if (folder / "Pipfile").is_file():
        read_pipfile(folder / "Pipfile", found)
    for name in LOCKS:
        if (folder / name).is_file():
            found.locked |= locked_names(folder / name)


def _has_others(folder: Path) -> bool:
    """Tell whether a folder asks for distributions in a form that is not read here."""
    return any((folder / name).is_file() for name in _OTHERS) or any(folder.glob(_MORE))


def _read_dockerfile(build: Build, found: Requirements) -> bool:
    """Add what a Dockerfile installs, and tell whether that is all that it does."""
    installed = installed_by(build.text)
    for name in sorted(installed.names):
        found.direct.append(Requirement(name, build.dockerfile, 1, name, bounded=True))
    copies = (copy for stage in build.file.stages for copy in stage.copies)
    for source in (source for copy in copies if not copy.origin for source in copy.sources):
        copied = build.context / source.strip("/")
        if copied.name in installed.files and copied not in found.files:
            read_lines(copied, found)
    is_whole = installed.is_whole
    for written in installed.folders:
        folder = _folder(build, written)
        name = package_name(folder) if folder else ""
        is_whole = is_whole and bool(name)
        if folder is not None and folder not in found.folders:
            found.folders.append(folder)
            if name:
                found.direct.append(Requirement(name, build.dockerfile, 1, written, bounded=True))
            read_pyproject(folder / "pyproject.toml", found)
    return is_whole


def _folder(build: Build, written: str) -> Path | None:
    """Return the folder of the context that a Dockerfile installs, None where it is not found."""
    for stage in build.file.stages:
        for working in dict.fromkeys((*stage.workdirs, "/")):
            found = folder_at(build, posixpath.join(working, written), stage)
            if found is not None and any((found / name).is_file() for name in _PACKAGE):
                return found
    return None
