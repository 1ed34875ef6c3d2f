"""What differs between two trees, and what of a source has to be read for the new one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from funcyard.workspace.source import SourceFile
    from funcyard.workspace.versions.manifest import File, Manifest


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new version changes.

    Attributes:
        added: Paths that were not there, sorted.
        modified: Paths with another content, sorted.
        deleted: Paths that are no longer there, sorted.
        unchanged: How many files stay as they are.
    """

    added: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def count(self) -> int:
        """How many files are added, modified or deleted."""
        return len(self.added) + len(self.modified) + len(self.deleted)


def changes(before: Mapping[str, File], after: Mapping[str, File]) -> Changes:
    """Return what differs between the files of two versions, by the hashes of their contents."""
    both = before.keys() & after.keys()
    modified = {path for path in both if before[path].sha256 != after[path].sha256}
    return Changes(
        added=tuple(sorted(after.keys() - before.keys())),
        modified=tuple(sorted(modified)),
        deleted=tuple(sorted(before.keys() - after.keys())),
        unchanged=len(both) - len(modified),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a source's files come together.

    Attributes:
        known: Files whose content is stored already, by object id.
        missing: Object ids whose contents must be read, in the order of the paths.
    """

    known: Mapping[str, File]
    missing: tuple[str, ...]


def wanted(
    base: Manifest | None, files: Collection[SourceFile], distrusted: Collection[str] = ()
) -> Wanted:
    """Return what is known of a source's files by the object ids of a version, and what is not.

    Args:
        base: The version whose contents need not be moved again.
        files: The source's.
        distrusted: Hashes of contents that are not taken over, because they are damaged.
    """
    known = {
        file.object_id: file
        for file in (base.files.values() if base is not None else ())
        if file.object_id is not None and file.sha256 not in distrusted
    }
    ids = dict.fromkeys(file.object_id for file in files)
    return Wanted(
        known={one: known[one] for one in ids if one in known},
        missing=tuple(one for one in ids if one not in known),
    )
