"""What a workspace holds, as its current version says: listed, read, found in one moment's state.

Everything goes through one manifest, so nobody sees a mixture of two versions, whatever is
published meanwhile; the view is never asked.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.workspace.edit_tree import NotThereError
from funcyard.workspace.paths import check_folder, check_path, parent_of
from funcyard.workspace.versions.folder_tags import folder_tags
from funcyard.workspace.versions.library import VersionGoneError
from funcyard.workspace.versions.manifest import ManifestError
from funcyard.workspace.versions.state import Kept

if TYPE_CHECKING:
    from datetime import datetime

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.manifest import File, Manifest
    from funcyard.workspace.versions.name import VersionName
    from funcyard.workspace.versions.state import State
    from funcyard.workspace.versions.storage import Versions

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or a folder of a version.

    Attributes:
        path: From the scope's root.
        file: Its content's hash and size; None for a folder.
        etag: Its content's hash; a folder's tag, which changes with anything in it.
    """

    path: str
    file: File | None
    etag: str

    @property
    def name(self) -> str:
        """The last name of the path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder of a version.

    Attributes:
        etag: Its tag.
        entries: What it holds, sorted by path.
    """

    etag: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Read:
    """A file's content.

    Attributes:
        entry: The file.
        content: All of it.
        version: In which version.
        created: When that version was made; the file has not changed since.
    """

    entry: Entry
    content: bytes
    version: VersionName
    created: datetime


async def read(versions: Versions, scope: Scope, path: str) -> Read:
    """Return a file of the current version.

    Raises:
        NotThereError: There is no such file.
        InvalidPathError: It cannot be a path of a workspace.
        ContentDamagedError: The stored content is damaged.
        AzureFailedError: Storage refuses or cannot be reached.
    """
    check_path(path)
    return await read_in(versions, await current_version(versions, scope), path)


async def read_in(
    versions: Versions, current: tuple[VersionName, Manifest] | None, path: str
) -> Read:
    """Return a file of any version: see :func:`read`.

    Args:
        versions: Where versions are kept.
        current: The version; None for the empty one.
        path: Of the file.
    """
    check_path(path)
    if current is None:
        raise _missing(path)
    name, manifest = current
    found = find_in(manifest, path)
    content = await versions.contents.one(manifest, found.etag)
    return Read(found, content, name, manifest.created)


def find_in(manifest: Manifest | None, path: str) -> Entry:
    """Return a file of a version without its content.

    Args:
        manifest: The version; None for the empty one.
        path: Of the file.

    Raises:
        NotThereError: There is no such file.
        InvalidPathError: It cannot be a path of a workspace.
    """
    check_path(path)
    file = None if manifest is None else manifest.files.get(path)
    if file is None:
        raise _missing(path)
    return Entry(path, file, file.sha256)


def list_folder(manifest: Manifest | None, folder: str = "", *, deep: bool = True) -> Listed:
    """Return what a folder of a version holds.

    Args:
        manifest: The version; None for the empty one.
        folder: The folder; empty for the root.
        deep: Whether with all that its folders hold.

    Raises:
        NotThereError: There is no such folder.
        InvalidPathError: It cannot be a path of a workspace.
    """
    check_folder(folder)
    folders = set() if manifest is None else manifest.folders()
    if folder and folder not in folders:
        raise NotThereError(f"there is no folder {folder}")
    files = {} if manifest is None else manifest.files
    tags = folder_tags(files, folders)
    prefix = f"{folder}/" if folder else ""
    found = [Entry(path, None, tags[path]) for path in folders]
    found += [Entry(path, file, file.sha256) for path, file in files.items()]
    held = (
        entry
        for entry in found
        if entry.path.startswith(prefix) and (deep or parent_of(entry.path) == folder)
    )
    return Listed(tags[folder], sorted(held, key=lambda entry: entry.path))


async def current_version(versions: Versions, scope: Scope) -> tuple[VersionName, Manifest] | None:
    """Return the version that runs now, None before the first.

    Raises:
        VersionGoneError: It is gone, and not because another was published.
        ManifestError: It is damaged.
        AzureFailedError: Storage refuses or cannot be reached.
    """
    for _ in range(_TRIES):
        try:
            return await versions.current(scope)
        except VersionGoneError:
            continue
    return await versions.current(scope)


async def kept_versions(versions: Versions, state: State) -> list[Kept]:
    """Return the versions that can be rolled back to, the newest first.

    The one before the current is among them also where it is one more edit of a sitting: it is what
    is rolled back to unless another is named. It is left out where it cannot be read.

    Args:
        versions: Where versions are kept.
        state: Of the scope.

    Raises:
        AzureFailedError: Storage refuses or cannot be reached.
    """
    found = {kept.name: kept for kept in state.kept}
    previous = state.previous
    if previous is not None and previous not in found:
        with suppress(VersionGoneError, ManifestError):
            found[previous] = Kept.of(previous, await versions.library.load(state.scope, previous))
    return [found[name] for name in sorted(found, reverse=True)]


def _missing(path: str) -> NotThereError:
    return NotThereError(f"there is no file {path}")
