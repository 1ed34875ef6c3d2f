"""What an update would do: each file with its state, and the changes that bring it about.

``planner.make_plan`` makes a :class:`Plan` by reading; ``journal.perform`` makes it happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from funcyard.project.changes import FileChange
    from funcyard.project.files import Ownership
    from funcyard.project.manifest import Manifest


class State(StrEnum):
    """What is to be done about a file, and why; ``docs/lifecycle.md`` has the table.

    ``new``: will be written. ``clean``: as it should be. ``edited``: the user's edit stays, nothing
    new to merge. ``updated``: unedited, will be replaced. ``merged``: the user's and the templates'
    changes, together. ``conflict``: both changed the same lines, or it cannot be merged.
    ``unresolved``: an earlier conflict is still in it. ``deleted``: by the user, stays deleted.
    ``orphan``: no longer generated. ``seeded``: the user's since it was written.
    """

    NEW = "new"
    CLEAN = "clean"
    EDITED = "edited"
    UPDATED = "updated"
    MERGED = "merged"
    CONFLICT = "conflict"
    UNRESOLVED = "unresolved"
    DELETED = "deleted"
    ORPHAN = "orphan"
    SEEDED = "seeded"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of a plan.

    Attributes:
        path: Relative to the project.
        state: See :class:`State`.
        ownership: Managed or seeded.
        note: More in words, for a person; often empty.
        outdated: Whether an update has something for it from the templates or the spec.
        current: What is on the disk; None where nothing is.
        content: What will be there; None where nothing will be.
        target: Where ``content`` goes when it is not ``path``: a version put beside the user's.
        secret: Whether the content must not be shown.
    """

    path: str
    state: State
    ownership: Ownership
    note: str = ""
    outdated: bool = False
    current: bytes | None = None
    content: bytes | None = None
    target: str | None = None
    secret: bool = False

    def as_dict(self) -> dict[str, object]:
        """Return what ``--json`` says of the file."""
        return {
            "path": self.path,
            "state": self.state.value,
            "ownership": self.ownership.value,
            "outdated": self.outdated,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole update, before it happens.

    Attributes:
        files: Every file that is generated or was, sorted by path.
        changes: What has to be written and deleted, bookkeeping included, in order.
        manifest: What the manifest will say; None where it stays as it is.
        spec_changed: Whether the spec means something else than at the last generation.
        warnings: One sentence each: a lost manifest and the like.
    """

    files: tuple[PlannedFile, ...]
    changes: tuple[FileChange, ...]
    manifest: Manifest | None
    spec_changed: bool
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything will be written."""
        return bool(self.changes) or self.manifest is not None

    @property
    def conflicts(self) -> tuple[str, ...]:
        """Paths with a new or an unresolved conflict."""
        wanted = (State.CONFLICT, State.UNRESOLVED)
        return tuple(file.path for file in self.files if file.state in wanted)

    @property
    def unresolved(self) -> tuple[str, ...]:
        """Paths that an earlier conflict still waits in."""
        return tuple(file.path for file in self.files if file.state is State.UNRESOLVED)

    def count(self, state: State) -> int:
        """Return how many files are in ``state``."""
        return sum(file.state is state for file in self.files)
