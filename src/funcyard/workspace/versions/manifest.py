"""A version's manifest: every path with its content's hash, every content with where it lies.

A manifest never changes. It checks itself whole when it is made, so one that was read back is as
sound as one that was just planned: :mod:`.manifest_text` turns it into bytes and back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.errors import FuncyardError, UserError
from funcyard.workspace.versions.tree import check_tree, folders_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.name import VersionName
    from funcyard.workspace.versions.origin import Origin

EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()
"""The hash of no bytes at all: the one content that lies in no pack."""

MOST_FILES: Final = 100_000
"""How many files a version may have."""

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_OBJECT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_PACK: Final = re.compile(r"[0-9a-f]{32}")


class ManifestError(FuncyardError):
    """A stored manifest is damaged, or is not the one that its name promises."""

    code = "workspace-manifest"


class TreeError(UserError):
    """These files cannot be one version of a workspace."""

    code = "workspace-tree"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a version.

    Attributes:
        sha256: Of its content.
        size: In bytes.
        object_id: Git's id of the content, where it is known.
    """

    sha256: str
    size: int
    object_id: str | None = None


@dataclass(frozen=True, slots=True)
class Extent:
    """Where a content lies.

    Attributes:
        pack: The pack's id.
        offset: Of its first byte.
        length: In bytes.
    """

    pack: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One version.

    Attributes:
        scope: Whose.
        number: Counts the scope's versions, from 1.
        parent: The version that it followed; None for the first.
        created: When, with a time zone.
        origin: Where it comes from.
        files: By path.
        directories: The folders that hold nothing, sorted; every other follows from the files.
        contents: By hash: of exactly those that the files have, the empty one left out.
        packs: Size in bytes by id: of exactly those that the contents lie in.

    Raises:
        TreeError: The paths make no tree, or the tables do not fit each other.
    """

    scope: Scope
    number: int
    parent: VersionName | None
    created: datetime
    origin: Origin
    files: Mapping[str, File]
    directories: tuple[str, ...] = ()
    contents: Mapping[str, Extent] = field(default_factory=dict)
    packs: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that all of it fits."""
        try:
            self._check()
        except ValueError as fault:
            raise TreeError(f"the files of {self.scope} make no version: {fault}") from fault

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files.values())

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file, and every folder that holds nothing."""
        return (*self.files, *self.directories)

    def folders(self) -> set[str]:
        """Return every folder, the root left out."""
        return folders_of(self.files, self.directories)

    def _check(self) -> None:
        if self.number < 1 or (self.parent is not None and self.parent.number >= self.number):
            raise ValueError("its number does not follow its parent's")
        if self.created.tzinfo is None:
            raise ValueError("its time has no zone")
        if len(self.files) + len(self.directories) > MOST_FILES:
            raise ValueError(f"more than {MOST_FILES} files")
        if list(self.directories) != sorted(self.directories):
            raise ValueError("its folders are not sorted")
        check_tree(self.files, self.directories)
        self._check_files()
        self._check_contents()

    def _check_files(self) -> None:
        used = set()
        for path, file in self.files.items():
            if not _SHA256.fullmatch(file.sha256) or file.size < 0:
                raise ValueError(f"{path} has no right hash or size")
            if file.object_id is not None and not _OBJECT.fullmatch(file.object_id):
                raise ValueError(f"{path} has no right object id")
            if (file.sha256 == EMPTY_SHA256) != (file.size == 0):
                raise ValueError(f"{path} is empty by its hash or its size, not by both")
            if file.size:
                extent = self.contents.get(file.sha256)
                if extent is None or extent.length != file.size:
                    raise ValueError(f"the content of {path} is not among the contents")
                used.add(file.sha256)
        if len(used) != len(self.contents):
            raise ValueError("a content belongs to no file")

    def _check_contents(self) -> None:
        used = set()
        for extent in self.contents.values():
            end = extent.offset + extent.length
            if extent.offset < 0 or end > self.packs.get(extent.pack, -1):
                raise ValueError(f"a content lies outside its pack {extent.pack[:40]}")
            used.add(extent.pack)
        if len(used) != len(self.packs):
            raise ValueError("a pack holds none of its contents")
        for pack in self.packs:
            if not _PACK.fullmatch(pack):
                raise ValueError(f"{pack[:40]!r} names no pack")
