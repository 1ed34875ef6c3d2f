"""Verifies a scope: every stored content by its hash, every file of the view, and repairs both.

A stored content that is damaged is taken from the view, where that is intact, and stored anew in a
version with the same files. What is in neither is named; a full sync fetches it from GitHub.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.workspace.store.base import StoreError
from funcyard.workspace.sync.view import Moved
from funcyard.workspace.versions.origin import RepairOrigin

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.errors import FuncyardError
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.store.base import Store
    from funcyard.workspace.sync.session import Session
    from funcyard.workspace.versions.manifest import Manifest
    from funcyard.workspace.versions.name import VersionName


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What was found and repaired.

    Attributes:
        scope: Whose workspace.
        version: The version that runs now.
        damaged: Paths whose stored content was damaged, sorted.
        lost: Those of them that could not be repaired, sorted.
        view: What was wrong in the view and was put right.
        view_fault: Why the view could not be put right; None where it shows the version.
        seconds: How long each stage took, and ``total``.
    """

    scope: Scope
    version: VersionName | None
    damaged: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    view: Moved = field(default_factory=Moved)
    view_fault: FuncyardError | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether all is well now."""
        return not self.lost and self.view_fault is None

    def as_dict(self) -> dict[str, object]:
        """Return the object that ``--json`` prints."""
        return {
            "scope": self.scope.name,
            "version": None if self.version is None else str(self.version),
            "sound": self.sound,
            "damaged": list(self.damaged),
            "lost": list(self.lost),
            "view": {
                "written": list(self.view.written),
                "removed": list(self.view.removed),
                "kept": [{"path": one.path, "at": one.at} for one in self.view.kept],
                "error": None if self.view_fault is None else self.view_fault.as_dict(),
            },
            "seconds": dict(self.seconds),
        }


async def verify(session: Session, store: Store, by: str) -> Verified:
    """Prove what is stored and what the view shows, and repair what can be.

    Args:
        session: Of the scope.
        store: Where the view is.
        by: Who asks for it.

    Raises:
        LeaseLostError: The lease was lost before anything was published.
        AzureFailedError: Storage refuses or cannot be reached.
    """
    scope, base = session.lease.state.scope, session.base
    damaged: set[str] = set()
    lost: set[str] = set()
    fresh: Mapping[str, bytes] = {}
    if base is not None:
        with session.stage("verify"):
            damaged = await session.versions.contents.damaged(base)
            found = await _from_view(store, base, damaged)
            lost = damaged - found.keys()
        if found:
            # What could not be found stays where it is told to be, for a later repair.
            async with session.draft(distrusted=found.keys()) as draft:
                for content in found.values():
                    await draft.content(content)
                origin = RepairOrigin(by)
                fresh = (await draft.publish(base.files, base.directories, origin)).fresh
    moved, fault = await session.show(fresh, full=True)
    return Verified(
        scope=scope,
        version=session.lease.state.current,
        damaged=_paths(base, damaged),
        lost=_paths(base, lost),
        view=moved,
        view_fault=fault,
        seconds=session.seconds,
    )


async def _from_view(store: Store, base: Manifest, wanted: set[str]) -> dict[str, bytes]:
    """Return those contents that the view has intact."""
    found: dict[str, bytes] = {}
    for path, file in base.files.items():
        if file.sha256 in wanted and file.sha256 not in found:
            with suppress(StoreError, UserError):
                place = base.scope.place(path)
                content = b"".join([chunk async for chunk in store.read(place)])
                if hashlib.sha256(content).hexdigest() == file.sha256:
                    found[file.sha256] = content
    return found


def _paths(base: Manifest | None, hashes: set[str]) -> tuple[str, ...]:
    files = {} if base is None else base.files
    return tuple(sorted(path for path, file in files.items() if file.sha256 in hashes))
