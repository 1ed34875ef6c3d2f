"""The folder that a new project goes to: what may be there already, and what is refused."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from funcyard.errors import UsageError, UserError
from funcyard.project.manifest import MANIFEST_FILE
from funcyard.project.place import usable
from funcyard.project.root import SPEC_FILE
from funcyard.project.tree import OWN_FOLDER

if TYPE_CHECKING:
    from funcyard.project.spec import Spec

_OWN = {"lock", "journal", "memory", "run", ".gitignore", ".gitattributes"}
_SHOWN = 12
_BUILD_FILES = ("pyproject.toml", "setup.py")
_DEEPEST = 3


class ForeignFilesError(UserError):
    """The folder holds files that are not the new project's.

    Attributes:
        paths: Their names, relative to the folder.
    """

    code = "foreign-files"

    def __init__(self, root: Path, paths: list[str]) -> None:
        self.paths = paths
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        super().__init__(
            f"{root} is not empty: {', '.join(paths[:_SHOWN])}{more}",
            hint="name a folder that is absent or empty; nothing was written",
        )

    def as_dict(self) -> dict[str, object]:
        """Return the error with the whole list."""
        return {**super().as_dict(), "paths": self.paths}


class LinkedTargetError(UserError):
    """The folder is a symbolic link, or is reached through one that leads elsewhere."""

    code = "linked-target"


class NotAFolderError(UsageError):
    """Something that is no folder has the new project's name."""

    code = "not-a-folder"


def target_root(directory: Path) -> Path:
    """Return the absolute path of a new project's folder, which need not exist.

    Links above the working directory are the system's own business; below it, and in the folder's
    own place, a link would let a project land where nobody looks for it.

    Raises:
        BadPathError: It cannot be used, for one because a file is on the way to it.
        LinkedTargetError: The folder is a link, or a link on the way leads out of where it began.
        NotAFolderError: It is there and no folder.
    """
    root = usable(directory)
    start = Path.cwd()
    if root.is_symlink():
        raise LinkedTargetError(f"{root} is a symbolic link", hint="name the folder itself")
    if root.is_relative_to(start):
        for folder in root.parents:
            if folder == start:
                break
            if folder.is_symlink() and not folder.resolve().is_relative_to(start.resolve()):
                raise LinkedTargetError(f"{folder} is a symbolic link that leads out of {start}")
    if root.exists() and not root.is_dir():
        raise NotAFolderError(
            f"{root} is there, and is no folder", hint="name a folder that is absent or empty"
        )
    return root


def is_generated(root: Path) -> bool:
    """Tell whether a project was generated in ``root``."""
    return (root / MANIFEST_FILE).is_file()


def refuse_foreign(root: Path, spec: Spec | None = None, text: str = "") -> None:
    """Refuse a folder that holds more than a new project may find.

    That is ``.git``, the same ``funcyard.yaml``, the spec's local packages, and what Funcyard
    leaves of a project that was not made.

    Args:
        root: The folder, which need not exist.
        spec: The spec of the new project; None where it is not known yet, so that any folder with a
            package in it may turn out to be one of its local packages.
        text: Its text.

    Raises:
        ForeignFilesError: It lists what is there.
    """
    if not root.is_dir():
        return
    packages = {
        PurePosixPath(package.path).parts[:1] for package in (spec.local_packages if spec else ())
    }
    known = {".git", *(part for parts in packages for part in parts)}
    found = []
    for entry in sorted(root.iterdir()):
        if entry.name == OWN_FOLDER and entry.is_dir() and not entry.is_symlink():
            found += [f"{OWN_FOLDER}/{inner.name}" for inner in entry.iterdir()
                      if inner.name not in _OWN]  # fmt: skip
        elif entry.name == SPEC_FILE and entry.is_file() and not entry.is_symlink():
            if entry.read_bytes() != text.encode():
                found.append(entry.name)
        elif entry.name not in known and not (spec is None and _holds_package(entry)):
            found.append(entry.name)
    if found:
        raise ForeignFilesError(root, found)


def _holds_package(folder: Path, depth: int = _DEEPEST) -> bool:
    if folder.is_symlink() or not folder.is_dir():
        return False
    if any((folder / name).is_file() for name in _BUILD_FILES):
        return True
    return depth > 1 and any(_holds_package(inner, depth - 1) for inner in folder.iterdir())
