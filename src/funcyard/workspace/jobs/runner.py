"""Runs what is queued in a scope: one sync for all of it.

A message only wakes. Under the scope's lease the newest queued job is claimed, the branch is asked
where it is, and that is applied; every job that was queued before the branch was asked is done by
it. So pushes come together, whatever order their deliveries had.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.connections.model import State
from funcyard.workspace.git.cache import RepositoryCache
from funcyard.workspace.git.limits import Limits
from funcyard.workspace.git.process import Git
from funcyard.workspace.jobs.ending import Ending
from funcyard.workspace.jobs.faults import passes
from funcyard.workspace.jobs.lease import JobLease, JobTerms, StoppedError, TakenOverError, owner
from funcyard.workspace.jobs.model import MOST_RETRIES, Status, now
from funcyard.workspace.sync import pushing
from funcyard.workspace.sync.git_branch import GitBranch
from funcyard.workspace.table import RowConflictError
from funcyard.workspace.versions.ledger import WorkspaceBusyError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from funcyard.workspace.connections.secrets import ConnectionSecrets
    from funcyard.workspace.connections.table import ConnectionTable
    from funcyard.workspace.connections.table import Record as ConnectionRecord
    from funcyard.workspace.jobs.messages import Messages
    from funcyard.workspace.jobs.table import JobTable, Record
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.sync.engine import Workspace
    from funcyard.workspace.sync.result import SyncResult
    from funcyard.workspace.sync.session import Session

_BUSY_PAUSE_SECONDS: Final = 2.0
_SOON: Final = timedelta(seconds=2)
_log = logging.getLogger(__name__)


class NotConnectedError(FuncyardError):
    """The connection that a job was queued for does not stand any more."""

    code = "sync-not-connected"


class WorkerDiedError(FuncyardError):
    """Whoever ran a job died, more often than it is tried."""

    code = "sync-worker-died"


class InternalError(FuncyardError):
    """A sync ended in a way that nobody thought of: a bug."""

    code = "internal"


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs jobs.

    Attributes:
        workspace: That is synced.
        jobs: Where jobs are kept.
        messages: What wakes who runs them.
        connections: Where connections are kept.
        secrets: Theirs.
        caches: Folder of Git's caches, one below it for each scope.
        git: The program.
        limits: What of a repository is refused.
        terms: How long a job's lease lasts.
        wait: How many seconds to wait for somebody else who works in the scope.
    """

    workspace: Workspace
    jobs: JobTable
    messages: Messages
    connections: ConnectionTable
    secrets: ConnectionSecrets
    caches: Path
    git: Git = field(default_factory=Git)
    limits: Limits = field(default_factory=Limits)
    terms: JobTerms = field(default_factory=JobTerms)
    wait: float = 5

    async def run(self, scope: Scope, identity: str = "") -> bool:
        """Sync a scope, unless nothing waits in it; return whether that was done.

        Args:
            scope: That a message named, or in which something was asked for.
            identity: The job that was named; whichever waits is run.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached: the message shall come again.
        """
        active = await self.jobs.active(scope, limit=1)
        if not active:
            return False
        try:
            async with self.workspace.session(scope, wait=self.wait) as session:
                return await self._run(session, scope)
        except WorkspaceBusyError:
            await self.messages.send(scope, identity or active[0].job.id, _BUSY_PAUSE_SECONDS)
        return False

    async def waiting(self, scope: Scope) -> list[Record]:
        """Return what can be run in a scope, newest first: queued, or left by one who died."""
        moment = now()
        return [
            one
            for one in await self.jobs.active(scope)
            if one.job.status is Status.QUEUED or one.job.dead(moment)
        ]

    async def _run(self, session: Session, scope: Scope) -> bool:
        # In this order: a sync is asked for when its connection was changed, so none of these
        # would run with what the connection was before.
        waiting = await self.waiting(scope)
        found = await self.connections.find(scope)
        reason = _unwanted(found)
        right = "" if found is None or reason else found.connection.id
        wanted = [one for one in waiting if one.job.connection == right]
        stale = [one for one in waiting if one.job.connection != right]
        await Ending(self.jobs, self.connections, self.messages).dropped(
            stale, NotConnectedError(reason or "the scope was connected anew")
        )
        if found is None or not wanted:
            return False
        newest, *others = wanted
        if newest.job.not_before is not None and newest.job.not_before > now() + _SOON:
            return False  # its own message comes, and does the others, too
        try:
            await self._sync(session, found, newest, others)
        except (RowConflictError, TakenOverError) as fault:
            _log.warning("somebody else has the sync %s: %s", newest.job.id, fault)
        return True

    async def _sync(
        self, session: Session, found: ConnectionRecord, newest: Record, others: Sequence[Record]
    ) -> None:
        ending = Ending(self.jobs, self.connections, self.messages)
        connection, died = found.connection, newest.job.status is Status.PROCESSING
        claimed = await self.jobs.change(
            newest,
            status=Status.PROCESSING,
            owner=owner(),
            lease_until=self.terms.until(),
            started_at=now(),
            not_before=None,
            branch=connection.branch,
            retries=newest.job.retries + died,
        )
        lease = JobLease(self.jobs, claimed, self.terms)
        try:
            result = await self._pushed(session, found, lease, [claimed, *others])
        except TakenOverError:
            raise
        except FuncyardError as fault:
            again = passes(fault) and claimed.job.retries < MOST_RETRIES
            _log.warning("the sync %s of %s failed: %s", claimed.job.id, connection.scope, fault)
            if again:
                await ending.again(lease.record, fault)
            else:
                kept = None if isinstance(fault, StoppedError) else connection
                await ending.failed(kept, lease.record, others, fault)
        except Exception as bug:  # noqa: BLE001 - a job ends whatever happens
            _log.exception("the sync %s of %s failed", claimed.job.id, connection.scope)
            said = InternalError(f"{type(bug).__name__}: see the log")
            await ending.failed(connection, lease.record, others, said)
        else:
            await ending.completed(connection, lease.record, others, result)

    async def _pushed(
        self,
        session: Session,
        found: ConnectionRecord,
        lease: JobLease,
        records: Sequence[Record],
    ) -> SyncResult:
        connection = found.connection
        if lease.record.job.retries > MOST_RETRIES:
            raise WorkerDiedError("whoever ran it died, again and again")
        token = await self.secrets.token(found)
        cache = RepositoryCache(
            self.caches / connection.scope.root,
            connection.repository,
            git=self.git,
            limits=self.limits,
        )

        async def unwanted() -> str:
            now = await self.connections.find(connection.scope)
            same = now is not None and now.connection.id == connection.id
            return _unwanted(now) if same or now is None else "the scope was connected anew"

        work = pushing.push(
            session,
            GitBranch(cache, connection.branch, token),
            full=any(one.job.full for one in records),
            allow_empty=any(one.job.allow_empty for one in records),
            only_if_moved=all(one.job.reason == "reconcile" for one in records),
        )
        return await lease.run(work, unwanted)


def _unwanted(found: ConnectionRecord | None) -> str:
    """Return why a scope does not follow a repository; nothing where it does."""
    if found is None or found.connection.state is State.DISCONNECTING:
        return "the connection was removed"
    if found.connection.active:
        return ""
    enabled = found.connection.enabled
    return "the connection is not made yet" if enabled else "the connection is disabled"
