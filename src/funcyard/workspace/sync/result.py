"""What a sync did, for people, for jobs and for ``--json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from funcyard.workspace.sync.changes import Changes
from funcyard.workspace.sync.view import Moved
from funcyard.workspace.versions.origin import origin_as_dict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.errors import FuncyardError
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.source import LeftOut
    from funcyard.workspace.versions.name import VersionName
    from funcyard.workspace.versions.origin import Origin

SUCCESS: Final = "success"
"""The version runs and the view shows it."""

PARTIAL: Final = "partial"
"""The version runs, and lacks files whose names it cannot hold; or the view is behind."""

UNCHANGED: Final = "unchanged"
"""There was nothing to publish, and the view shows the current version."""

PLANNED: Final = "planned"
"""Nothing was done: it was only asked what would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """What was done, or would be.

    Attributes:
        scope: Whose workspace.
        version: The version that runs now; None where there is none.
        published: Whether it is a new one.
        origin: Where what was applied comes from.
        changes: What differs from the version before.
        left_out: What of the source was not taken over.
        more_left_out: How much more that was, of a commit that was applied before.
        stored: Bytes of content that were new to the stored versions.
        view: What was done to the view.
        view_fault: Why the view is behind; None where it shows the version.
        seconds: How long each stage took, by its name, and ``total``.
        planned: Whether it was only planned.
    """

    scope: Scope
    version: VersionName | None
    published: bool = False
    origin: Origin | None = None
    changes: Changes = field(default_factory=Changes)
    left_out: tuple[LeftOut, ...] = ()
    more_left_out: int = 0
    stored: int = 0
    view: Moved = field(default_factory=Moved)
    view_fault: FuncyardError | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    planned: bool = False

    @property
    def status(self) -> str:
        """One of ``success``, ``partial``, ``unchanged`` and ``planned``."""
        if self.planned:
            return PLANNED
        if self.view_fault is not None or any(one.is_fault for one in self.left_out):
            return PARTIAL
        return SUCCESS if self.published else UNCHANGED

    def as_dict(self) -> dict[str, object]:
        """Return the object that ``--json`` prints and that a job records."""
        return {
            "scope": self.scope.name,
            "status": self.status,
            "version": None if self.version is None else str(self.version),
            "number": None if self.version is None else self.version.number,
            "published": self.published,
            "origin": None if self.origin is None else origin_as_dict(self.origin),
            "added": list(self.changes.added),
            "modified": list(self.changes.modified),
            "deleted": list(self.changes.deleted),
            "unchanged": self.changes.unchanged,
            "leftOut": [one.as_dict() for one in self.left_out],
            "bytesStored": self.stored,
            "view": {
                "written": len(self.view.written),
                "removed": len(self.view.removed),
                "bytes": self.view.bytes,
                "kept": [{"path": one.path, "at": one.at} for one in self.view.kept],
                "error": None if self.view_fault is None else self.view_fault.as_dict(),
            },
            "seconds": dict(self.seconds),
        }
