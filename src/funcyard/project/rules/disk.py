"""What a spec says must lie in the project's folder, looked for there, symbolic links followed."""

from __future__ import annotations

import os
import tomllib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from funcyard.faults import Severity
from funcyard.plain_files import read_text
from funcyard.project.findings import Fault
from funcyard.project.rules.files import FOREIGN, HOME, normal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from funcyard.faults import Path as SpecPath
    from funcyard.project.spec import Spec

_HINT = "put the package there first"
_BUILD_FILES = ("pyproject.toml", "setup.py")


def local_packages(spec: Spec, root: Path, brought: Collection[str] = ()) -> Iterator[Fault]:
    """A local package is a folder of the project with a build file in it.

    Args:
        spec: A spec of sound shape.
        root: The project's folder, which need not exist.
        brought: Paths of files that its blueprint brings, relative to it.
    """
    for index, package in enumerate(spec.local_packages):
        path = ("local_packages", index, "path")
        folder = root / package.path
        if ".." in folder.relative_to(root).parts if folder.is_relative_to(root) else True:
            continue
        builds = [(PurePosixPath(package.path) / name).as_posix() for name in _BUILD_FILES]
        if any(build in brought for build in builds):
            continue
        if not _is_inside(folder, root):
            yield Fault(path, f"{package.path!r} is a symbolic link that leaves the project")
        elif not os.path.isdir(folder):  # noqa: PTH112 - one that cannot be looked at is none
            yield Fault(path, f"there is no folder {package.path!r} in the project", _HINT)
        elif not any(_is_file(folder / name) for name in _BUILD_FILES):
            yield Fault(path, f"{package.path!r} has no pyproject.toml")


def package_names(spec: Spec, root: Path) -> Iterator[Fault]:
    """A local package is installed under the name in its pyproject.toml, whatever the spec says.

    Args:
        spec: A spec of sound shape.
        root: The project's folder, which need not exist.
    """
    owners: dict[str, str] = {}
    for index, package in enumerate(spec.local_packages):
        path = ("local_packages", index)
        file = root / package.path / "pyproject.toml"
        if not _is_inside(file, root) or not _is_file(file):
            continue
        try:
            name = _declared_name(tomllib.loads(read_text(file)))
        except (OSError, ValueError, RecursionError) as fault:
            message = f"the pyproject.toml of {package.path!r} cannot be read: {fault}"
            yield Fault((*path, "path"), message, "mend it; the package cannot be built from it")
            continue
        if name is None:
            continue
        other = owners.setdefault(normal(name), package.path)
        if other != package.path:
            message = f"{package.path!r} is installed as {name!r}, and so is {other!r}"
            yield Fault((*path, "path"), message, "give each a name of its own in pyproject.toml")
        elif normal(name) != normal(package.name):
            yield _misnamed((*path, "name"), name, package.path)


def _misnamed(path: SpecPath, name: str, folder: str) -> Fault:
    message = f"{folder!r} is installed as {name!r}, the name in its pyproject.toml"
    if normal(name) in FOREIGN:
        message = f"{message}: a published package's name"
        return Fault(path, message, "give it another name there")
    return Fault(path, message, f"write name: {name}", Severity.WARNING)


def _declared_name(pyproject: dict[str, Any]) -> str | None:
    """Return the name that a pyproject.toml gives, None where it leaves that to setup.py."""
    tool = pyproject.get("tool")
    older = tool.get("poetry") if isinstance(tool, dict) else None
    for table in (pyproject.get("project"), older):
        if isinstance(table, dict) and isinstance(name := table.get("name"), str):
            return name
    return None


def volume_sources(spec: Spec, root: Path) -> Iterator[Fault]:
    """A volume's source in the project does not lead out of it."""
    for index, volume in enumerate(spec.volumes):
        if not HOME.match(volume.source) and not _is_inside(root / volume.source, root):
            yield Fault(
                ("volumes", index, "source"),
                f"{volume.source!r} is a symbolic link that leaves the project",
            )


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - one that cannot be looked at is none


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links; a null byte
        return False
