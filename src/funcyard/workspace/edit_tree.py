"""The files and folders of a version while one change is made to them by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from funcyard.errors import UserError
from funcyard.workspace.paths import check_path, fold
from funcyard.workspace.versions.folder_tags import folder_tags
from funcyard.workspace.versions.tree import empty_folders, parents

if TYPE_CHECKING:
    from funcyard.workspace.versions.manifest import File, Manifest


class NotThereError(UserError):
    """Nothing of that kind is at that path."""

    code = "workspace-not-there"


class AlreadyThereError(UserError):
    """Something else is at that path, or a file is where a folder would have to be."""

    code = "workspace-already-there"


class MoveIntoItselfError(UserError):
    """A folder cannot be moved to where it is, or into a folder of its own."""

    code = "workspace-move-into-itself"


@dataclass(slots=True)
class EditTree:
    """A tree that is changed; every method checks its paths.

    Attributes:
        files: By path.
        folders: Every folder, the root left out. One stays where its last file goes.
    """

    files: dict[str, File]
    folders: set[str]

    @classmethod
    def of(cls, manifest: Manifest | None) -> Self:
        """Return the tree of a version; None for the empty one."""
        if manifest is None:
            return cls({}, set())
        return cls(dict(manifest.files), manifest.folders())

    @property
    def directories(self) -> tuple[str, ...]:
        """The folders that hold nothing, as a manifest tells them."""
        return empty_folders(self.files, self.folders)

    def etag(self, path: str) -> str | None:
        """Return a file's hash or a folder's tag, None where nothing is."""
        if path in self.files:
            return self.files[path].sha256
        return folder_tags(self.files, self.folders)[path] if path in self.folders else None

    def check_file_place(self, path: str) -> File | None:
        """Check that a file can be written at a path; return the one that is there.

        Raises:
            AlreadyThereError: A folder is there, a file where a folder would have to be, or a name
                that differs only by case.
            InvalidPathError: It cannot be a path of a workspace.
        """
        check_path(path)
        if path in self.folders:
            raise AlreadyThereError(f"{path} is a folder")
        if path not in self.files:
            self._check_free(path)
        return self.files.get(path)

    def put(self, path: str, file: File) -> None:
        """Write a file and the folders it is in; its place was checked."""
        self.files[path] = file
        self.folders.update(parents(path))

    def delete(self, path: str) -> None:
        """Remove a file.

        Raises:
            NotThereError: There is none.
            InvalidPathError: It cannot be a path of a workspace.
        """
        if check_path(path) not in self.files:
            raise NotThereError(f"there is no file {path}")
        del self.files[path]

    def make_directory(self, path: str) -> None:
        """Make a folder and those it is in.

        Raises:
            AlreadyThereError: Something is there, or a file where a folder would have to be.
            InvalidPathError: It cannot be a path of a workspace.
        """
        check_path(path)
        if path in self.folders or path in self.files:
            raise AlreadyThereError(f"{path} is already there")
        self._check_free(path)
        self.folders.update((path, *parents(path)))

    def remove_directory(self, path: str) -> None:
        """Remove a folder and all that is in it.

        Raises:
            NotThereError: There is none.
            InvalidPathError: It cannot be a path of a workspace; the root is none.
        """
        if check_path(path) not in self.folders:
            raise NotThereError(f"there is no folder {path}")
        self.folders = {one for one in self.folders if not _in(one, path)}
        self.files = {one: file for one, file in self.files.items() if not _in(one, path)}

    def move(self, path: str, to: str, *, overwrite: bool = False) -> None:
        """Move a file, or a folder with all that is in it; it may change only its case.

        Args:
            path: What is moved.
            to: Where to.
            overwrite: Whether a file may take the place of another file; a folder never does.

        Raises:
            NotThereError: Nothing is at the path.
            AlreadyThereError: Something is where it shall go.
            MoveIntoItselfError: It is a folder, and that is the folder itself or lies in it.
            InvalidPathError: One of them, or a path that would come of it, cannot be.
        """
        check_path(path)
        check_path(to)
        if path not in self.files and path not in self.folders:
            raise NotThereError(f"there is nothing at {path}")
        if path in self.folders and (to == path or fold(to).startswith(f"{fold(path)}/")):
            raise MoveIntoItselfError(f"{path} cannot be moved into itself, to {to}")
        files = {one: self.files.pop(one) for one in list(self.files) if _in(one, path)}
        folders = {one for one in self.folders if _in(one, path)}
        self.folders -= folders
        if overwrite and path in files:
            self.files.pop(to, None)
        if to in self.files or to in self.folders:
            raise AlreadyThereError(f"{to} is already there")
        self._check_free(to)
        self.folders.update(parents(path), parents(to))
        for one, file in files.items():
            self.files[check_path(to + one[len(path) :])] = file
        self.folders.update(check_path(to + one[len(path) :]) for one in folders)

    def _check_free(self, path: str) -> None:
        """Check that nothing differs from a new path only by case, and no file is above it."""
        there = {fold(one): one for one in (*self.files, *self.folders)}
        for one in (path, *parents(path)):
            other = there.get(fold(one), one)
            if other != one:
                raise AlreadyThereError(f"{other} is there, which differs from {one} only by case")
            if one in self.files:
                raise AlreadyThereError(f"{one} is a file")


def _in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
