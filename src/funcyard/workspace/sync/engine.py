"""A workspace's versions and its view together: the one thing that jobs, API and command line use.

Every method that changes something holds the scope's lease while it works, so any number of workers
may be asked at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.workspace.conditions import ALWAYS
from funcyard.workspace.sync import adopting, pushing, rolling_back, verifying
from funcyard.workspace.sync.progress import Report, quiet
from funcyard.workspace.sync.result import SyncResult
from funcyard.workspace.sync.session import Session, session
from funcyard.workspace.sync.view import View
from funcyard.workspace.versions.retention import GRACE, MOST, Collected, collect

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from datetime import timedelta

    from funcyard.errors import FuncyardError
    from funcyard.workspace.conditions import Condition
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.store.base import Store
    from funcyard.workspace.sync.remote import Remote
    from funcyard.workspace.sync.verifying import Verified
    from funcyard.workspace.versions.name import VersionName
    from funcyard.workspace.versions.storage import Versions


class Workspace:
    """All scopes of a workspace.

    Every method raises ``WorkspaceBusyError`` where another worker holds the scope's lease for
    longer than ``wait`` seconds, and ``AzureFailedError`` where storage fails.

    Args:
        versions: Where versions are kept.
        store: Where the view is.
    """

    def __init__(self, versions: Versions, store: Store) -> None:
        self.versions = versions
        self.store = store
        self._view = View(store, versions.contents)

    def session(
        self, scope: Scope, *, wait: float = 0, report: Report = quiet
    ) -> AbstractAsyncContextManager[Session]:
        """Hold a scope's lease for work of one's own."""
        return session(self.versions, self._view, scope, wait=wait, report=report)

    async def sync(
        self,
        scope: Scope,
        remote: Remote,
        *,
        full: bool = False,
        allow_empty: bool = False,
        only_if_moved: bool = False,
        wait: float = 0,
        report: Report = quiet,
    ) -> SyncResult:
        """Apply where a repository's branch is now: see :func:`.pushing.push`."""
        async with self.session(scope, wait=wait, report=report) as opened:
            return await pushing.push(
                opened, remote, full=full, allow_empty=allow_empty, only_if_moved=only_if_moved
            )

    async def plan(self, scope: Scope, remote: Remote, *, allow_empty: bool = False) -> SyncResult:
        """Return what :meth:`sync` would do: see :func:`.pushing.plan`."""
        return await pushing.plan(self.versions, scope, remote, allow_empty=allow_empty)

    async def roll_back(
        self,
        scope: Scope,
        to: VersionName | None = None,
        *,
        by: str,
        condition: Condition = ALWAYS,
        wait: float = 0,
    ) -> SyncResult:
        """Publish an older version's files anew: see :func:`.rolling_back.roll_back`."""
        async with self.session(scope, wait=wait) as opened:
            return await rolling_back.roll_back(opened, to, by, condition)

    async def adopt(self, scope: Scope, *, by: str, wait: float = 0) -> SyncResult:
        """Publish what lies in the view: see :func:`.adopting.adopt`."""
        async with self.session(scope, wait=wait) as opened:
            return await adopting.adopt(opened, self.store, by)

    async def verify(self, scope: Scope, *, by: str, wait: float = 0) -> Verified:
        """Prove and repair what is stored and shown: see :func:`.verifying.verify`."""
        async with self.session(scope, wait=wait) as opened:
            return await verifying.verify(opened, self.store, by)

    async def show(self, scope: Scope, *, wait: float = 0) -> SyncResult:
        """Bring the view to the current version, where it was left halfway."""
        async with self.session(scope, wait=wait) as opened:
            moved, fault = await opened.show()
            current = opened.lease.state.current
            return SyncResult(
                scope=scope, version=current, view=moved, view_fault=fault, seconds=opened.seconds
            )

    async def behind(self) -> dict[Scope, FuncyardError]:
        """Return why views are behind, of those that could not be brought up here."""
        for scope in list(self._view.faults):
            if (await self.versions.ledger.read(scope)).view_clean:  # somebody else did
                self._view.faults.pop(scope, None)
        return dict(self._view.faults)

    async def collect(
        self, scope: Scope, *, grace: timedelta = GRACE, most: int = MOST, wait: float = 0
    ) -> Collected:
        """Clear away what no kept version needs: see :func:`.retention.collect`."""
        async with self.versions.ledger.lease(scope, wait=wait) as lease:
            return await collect(
                self.versions.container, self.versions.library, lease, grace=grace, most=most
            )
