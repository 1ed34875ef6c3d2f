"""Everything that an app asks to be installed, from the files nearest to it.

The nearest folder that holds such files counts, from the app's own up to the checked one. What the
app's Dockerfile installs counts, too, by name or from a file that it copies, and each local package
with what it asks for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.packages.pyproject import (
    LOCKS,
    locked_names,
    read_package,
    read_pipfile,
    read_pyproject,
)
from funcyard.preflight.packages.requirement import Requirement, Requirements
from funcyard.preflight.packages.requirement_lines import installed_by, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from funcyard.preflight.image.build import Build
    from funcyard.preflight.target import Target

_OTHERS = ("setup.py", "setup.cfg", "environment.yml", "environment.yaml")
_MORE = "requirements*/*.txt"


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
    for build in builds:
        _read_dockerfile(build, found)
    if found.files:
        found.is_whole = True
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


def _read_dockerfile(build: Build, found: Requirements) -> None:
    names, files = installed_by(build.text)
    for name in sorted(names):
        found.direct.append(Requirement(name, build.dockerfile, 1, name, bounded=True))
    copies = (copy for stage in build.file.stages for copy in stage.copies)
    for source in (source for copy in copies if not copy.origin for source in copy.sources):
        copied = build.context / source.strip("/")
        if copied.name in files and copied not in found.files:
            read_lines(copied, found)
