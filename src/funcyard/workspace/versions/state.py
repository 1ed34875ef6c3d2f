"""What the ledger's row of a scope says, and how it follows from publishing a version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Self

from funcyard.workspace.source import first_of
from funcyard.workspace.versions.origin import (
    AdoptOrigin,
    EditOrigin,
    GitHubOrigin,
    RollbackOrigin,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.source import LeftOut
    from funcyard.workspace.versions.manifest import Manifest
    from funcyard.workspace.versions.name import VersionName

NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When a lease ends that nobody holds."""

KEPT: Final = 20
"""How many versions are kept to roll back to."""

SITTING: Final = timedelta(minutes=10)
"""Edits by one person within this time are one entry among the kept versions: the last of them."""

_LONGEST: Final = 200
_MOST_LEFT_OUT: Final = 20
_MOST_LEFT_OUT_TEXT: Final = 8_000


@dataclass(frozen=True, slots=True)
class Kept:
    """A version that can be rolled back to.

    Attributes:
        name: Its name.
        created: When it was made.
        since: When the first of the edits was made that it stands for; ``created`` for others.
        kind: The kind of its origin.
        by: Who made it; the repository for a commit.
        what: The commit, the edited path or the older version, cut to 200 characters.
    """

    name: VersionName
    created: datetime
    since: datetime
    kind: str
    by: str
    what: str

    @classmethod
    def of(cls, name: VersionName, manifest: Manifest) -> Self:
        """Return the entry of a version."""
        match manifest.origin:
            case GitHubOrigin(repository=by, commit=what):
                pass
            case EditOrigin(by=by, path=what):
                pass
            case RollbackOrigin(by=by, to=what):
                pass
            case other:
                by, what = other.by, ""
        created, kind = manifest.created, manifest.origin.kind
        return cls(name, created, created, kind, by[:_LONGEST], what[:_LONGEST])

    def replaces(self, older: Kept) -> bool:
        """Whether it is one more edit of the same sitting, so that the older need not be kept."""
        return (
            self.kind in {EditOrigin.kind, AdoptOrigin.kind}
            and (self.kind, self.by) == (older.kind, older.by)
            and timedelta(0) <= self.created - older.since < SITTING
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A scope's row.

    Attributes:
        scope: Whose.
        current: The version that runs; None before the first.
        previous: The last good one before it, always kept.
        kept: Versions that can be rolled back to, the newest first.
        applied: The commit that was applied last, also after a rollback or an edit.
        left_out: What no version holds of the commit that was applied last, or of the folder that
            was adopted since: the first of it.
        left_out_count: How much that is in all.
        view: The last version that the view showed whole.
        view_clean: Whether it still does; else the view is somewhere between it and the current.
        owner: Who holds the lease; empty where nobody does.
        until: When the lease ends, unless it is renewed.
        fence: Counts the leases. Whoever holds an older one can change nothing any more.
    """

    scope: Scope
    current: VersionName | None = None
    previous: VersionName | None = None
    kept: tuple[Kept, ...] = ()
    applied: GitHubOrigin | None = None
    left_out: tuple[LeftOut, ...] = ()
    left_out_count: int = 0
    view: VersionName | None = None
    view_clean: bool = True
    owner: str = ""
    until: datetime = NEVER
    fence: int = 0

    @property
    def next_number(self) -> int:
        """The number of the version that would be published next."""
        return 1 if self.current is None else self.current.number + 1

    @property
    def living(self) -> frozenset[VersionName]:
        """The versions that must stay readable."""
        told = {kept.name for kept in self.kept} | {self.current, self.previous, self.view}
        return frozenset(name for name in told if name is not None)

    def after(self, name: VersionName, manifest: Manifest, keep: int = KEPT) -> State:
        """Return the state in which a version has been published and the view not yet changed."""
        entry = Kept.of(name, manifest)
        older = self.kept
        if older and entry.replaces(older[0]):
            entry = replace(entry, since=older[0].since)
            older = older[1:]
        applied = manifest.origin if isinstance(manifest.origin, GitHubOrigin) else self.applied
        return replace(
            self,
            current=name,
            previous=self.current,
            kept=(entry, *older)[:keep],
            applied=applied,
            view_clean=False,
        )

    def without(self, left_out: Collection[LeftOut]) -> State:
        """Return the state in which that much of a source is in no version."""
        first = first_of(left_out, most=_MOST_LEFT_OUT, room=_MOST_LEFT_OUT_TEXT)
        return replace(self, left_out=first, left_out_count=len(left_out))

    def shown(self) -> State:
        """Return the state in which the view shows the current version."""
        return replace(self, view=self.current, view_clean=True)
