"""What a spec says must lie in the project's folder, looked for there, symbolic links followed."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from funcyard.project.findings import Fault
from funcyard.project.rules.files import HOME

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

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
        elif not folder.is_dir():
            yield Fault(path, f"there is no folder {package.path!r} in the project", _HINT)
        elif not any((folder / name).is_file() for name in _BUILD_FILES):
            yield Fault(path, f"{package.path!r} has no pyproject.toml")


def volume_sources(spec: Spec, root: Path) -> Iterator[Fault]:
    """A volume's source in the project does not lead out of it."""
    for index, volume in enumerate(spec.volumes):
        if not HOME.match(volume.source) and not _is_inside(root / volume.source, root):
            yield Fault(
                ("volumes", index, "source"),
                f"{volume.source!r} is a symbolic link that leaves the project",
            )


def _is_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links; a null byte
        return False
