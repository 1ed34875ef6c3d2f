"""Everything that an app asks to be installed, from the files nearest to it.

The nearest folder that holds such files counts, from the app's own up to the checked one. What the
app's Dockerfile installs counts, too, by name or from a file that it copies, and each local package
with what it asks for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.plain_files import read_text
from funcyard.preflight.image.dockerfile import read_dockerfile
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
    from pathlib import Path

    from funcyard.preflight.target import Target

_OTHERS = ("setup.py", "setup.cfg", "environment.yml", "environment.yaml")
_MORE = "requirements*/*.txt"


def requirements_of(target: Target, root: Path) -> Requirements:
    """Return what an app asks for; ``root`` is the outermost folder to look in."""
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
    if target.dockerfile is not None:
        own = target.dockerfile.parent == target.directory
        _read_dockerfile(target.dockerfile, target.directory if own else root, found)
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


def _read_dockerfile(path: Path, context: Path, found: Requirements) -> None:
    try:
        text = read_text(path, errors="replace")
    except OSError:
        return
    names, files = installed_by(text)
    for name in sorted(names):
        found.direct.append(Requirement(name, path, 1, name, bounded=True))
    copies = (copy for stage in read_dockerfile(text).stages for copy in stage.copies)
    for source in (source for copy in copies if not copy.origin for source in copy.sources):
        copied = context / source.strip("/")
        if copied.name in files and copied not in found.files:
            read_lines(copied, found)
