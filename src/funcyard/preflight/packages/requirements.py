"""Everything that an app asks to be installed, from the files nearest to it.

The nearest folder that holds such files counts, from the app's own up to the checked one. What the
app's Dockerfile installs counts, too, by name, from a file or from a folder that it copies, and
each local package with what it asks for itself.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from funcyard.preflight.image.origins import file_at, folder_at
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
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from funcyard.preflight.image.build import Build
    from funcyard.preflight.image.dockerfile import Stage
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
    is_whole = installed.is_whole
    for written in installed.files:
        file = _file(build, written)
        read = {path.name for path in found.files}
        if file is not None and file not in found.files:
            read_lines(file, found)
        # One that is mounted, not copied, is not found; it may be the one that was read.
        is_whole = is_whole and (file is not None or posixpath.basename(written) in read)
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


def _file(build: Build, written: str) -> Path | None:
    """Return the file of the context that a Dockerfile installs from, None where none is found."""
    found = (file_at(build, place, stage) for stage, place in _places(build, written))
    return next(filter(None, found), None)


def _folder(build: Build, written: str) -> Path | None:
    """Return the folder of the context that a Dockerfile installs, None where it is not found."""
    for stage, place in _places(build, written):
        found = folder_at(build, place, stage)
        if found is not None and any((found / name).is_file() for name in _PACKAGE):
            return found
    return None


def _places(build: Build, written: str) -> Iterator[tuple[Stage, str]]:
    """Yield where a path of a ``RUN`` may be meant: each stage, in each of its working folders."""
    for stage in build.file.stages:
        for working in dict.fromkeys((*stage.workdirs, "/")):
            yield stage, posixpath.join(working, written)
