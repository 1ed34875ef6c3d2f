"""The timer's round: what was missed, left behind or never sent is taken up again.

GitHub delivers once and does not try again, so the head of every connected branch is compared with
what was applied. Connections that somebody left half made are finished, syncs whose message was
lost or whose worker died are sent anew, and a view that was left behind is brought up. Rounds do
not overlap, however many instances have a timer: one row says who goes round, and until when.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.git.process import Git
from funcyard.workspace.git.remote import remote_head
from funcyard.workspace.jobs.faults import UNSEEN, passes
from funcyard.workspace.jobs.lease import owner
from funcyard.workspace.jobs.model import MOST_RETRIES, Job, Status, now
from funcyard.workspace.table import RowConflictError, Table, etag_of
from funcyard.workspace.versions.ledger import WorkspaceBusyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from azure.data.tables.aio import TableServiceClient

    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.connections.service import Connections
    from funcyard.workspace.jobs.intake import Intake
    from funcyard.workspace.jobs.messages import Messages
    from funcyard.workspace.jobs.runner import Runner
    from funcyard.workspace.jobs.table import JobTable
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.sync.engine import Workspace
    from funcyard.workspace.versions.state import State

TABLE: Final = "WorkspaceTimers"
_ROUND: Final = timedelta(minutes=4)
_LOST: Final = timedelta(minutes=5)
_AT_ONCE: Final = 8
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Round:
    """What a round found.

    Attributes:
        skipped: Somebody else went round.
        queued: Scopes of which a push had been missed.
        sent: Scopes in which a sync was waiting that nobody would have run.
        finished: Scopes whose connection was left half made.
        shown: Scopes whose view was behind.
        faults: Why something could not be done, by scope.
    """

    skipped: bool = False
    queued: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reconciler:
    """Goes round.

    Attributes:
        tables: Where it is noted who goes round.
        workspace: That is kept in step.
        connections: What it is kept in step with.
        jobs: Where syncs are kept.
        intake: Where they are asked for.
        messages: What wakes who runs them.
        runner: Knows what waits.
        git: The program.
        lasting: How long a round may take.
        lost: After how long without a sign a message counts as lost.
        table: Of the row that says who goes round.
        served: Whether the pushes of a scope are followed; None for those of every one.
    """

    tables: TableServiceClient
    workspace: Workspace
    connections: Connections
    jobs: JobTable
    intake: Intake
    messages: Messages
    runner: Runner
    git: Git = field(default_factory=Git)
    lasting: timedelta = _ROUND
    lost: timedelta = _LOST
    table: str = TABLE
    served: Callable[[Scope], Awaitable[bool]] | None = None

    async def run(self) -> Round:
        """Go round all scopes, unless somebody else does.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
            TimeoutError: It took too long; the next round goes on.
        """
        turn = Table(self.tables, self.table)
        row = {"PartitionKey": "LEASES", "RowKey": "reconcile"}
        found = await turn.get(row["PartitionKey"], row["RowKey"])
        if found is not None and datetime.fromisoformat(found["Until"]) > now():
            return Round(skipped=True)
        mine = {**row, "Owner": owner(), "Until": (now() + self.lasting).isoformat()}
        try:
            etag = await (
                turn.insert(mine) if found is None else turn.replace(mine, etag_of(found))
            )
        except RowConflictError:
            return Round(skipped=True)
        done = Round()
        try:
            async with asyncio.timeout(self.lasting.total_seconds()):
                await self._round(done)
        finally:
            with suppress(FuncyardError):  # else it ends by itself
                await turn.replace({**mine, "Until": now().isoformat()}, etag)
        return done

    async def _round(self, done: Round) -> None:
        connections = await self.connections.table.every()
        scopes = await self.jobs.scopes()
        await _each(done, ((one.scope, partial(self._connection, one)) for one in connections))
        await _each(done, ((one, partial(self._waiting, one)) for one in scopes))

    async def _connection(self, connection: Connection, done: Round) -> None:
        scope = connection.scope
        if connection.unfinished(now()):
            await self.connections.journal.finish(connection)
            done.finished.append(scope.name)
            return
        if not connection.active or (self.served and not await self.served(scope)):
            return
        state = await self.workspace.versions.ledger.read(scope)
        newest = await self.jobs.newest(scope)
        if newest is None or newest.status.final:
            await self._head(connection, state, newest, done)
        if not state.view_clean and state.until <= now():
            try:
                await self.workspace.show(scope)
            except WorkspaceBusyError:
                return
            done.shown.append(scope.name)

    async def _head(
        self, connection: Connection, state: State, newest: Job | None, done: Round
    ) -> None:
        url, branch = connection.repository, connection.branch
        failed = newest if _has_failed(newest, connection) else None
        try:
            token = await self.connections.secrets.token(
                await self.connections.table.get(connection.scope)
            )
            head = await remote_head(url, branch, token=token, git=self.git)
        except FuncyardError as fault:
            if not passes(fault) and (failed is None or failed.error_code != fault.code):
                # It fails in the same way, and so tells whoever looks at the connection.
                await self.intake.request(connection, "reconcile")
            raise
        applied = state.applied
        is_there = applied is not None and (applied.repository, applied.branch, applied.commit) == (
            str(url),
            branch,
            head,
        )
        if failed is not None and failed.error_code in UNSEEN:
            is_there, failed = False, None  # it is seen now, so that is over
        hopeless = failed is not None and failed.commit == head and failed.retries < MOST_RETRIES
        if not is_there and not hopeless:
            await self.intake.request(connection, "reconcile", commit=head)
            done.queued.append(connection.scope.name)

    async def _waiting(self, scope: Scope, done: Round) -> None:
        """Send a message for what waits in a scope and has not been sent one for a while."""
        waiting = await self.runner.waiting(scope)
        if not waiting:
            return
        newest, moment = waiting[0], now()
        lost = max(one.job.sent_at for one in waiting) < moment - self.lost
        if lost or newest.job.dead(moment):
            await self.messages.send(scope, newest.job.id)
            if newest.job.status is Status.QUEUED:
                await self.jobs.change(newest, sent_at=moment)
            done.sent.append(scope.name)


def _has_failed(newest: Job | None, connection: Connection) -> bool:
    """Whether the last sync failed, and the connection is as it was then.

    One that was changed since, given another token perhaps, may well be synced.
    """
    return (
        newest is not None
        and newest.status is Status.FAILED
        and (newest.connection, newest.branch) == (connection.id, connection.branch)
        and (newest.started_at or newest.queued_at) > connection.updated_at
    )


async def _each(
    done: Round, work: Iterable[tuple[Scope, Callable[[Round], Awaitable[None]]]]
) -> None:
    """Do all of it, a few at a time; what fails in one scope keeps no other from its turn."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(scope: Scope, task: Callable[[Round], Awaitable[None]]) -> None:
        async with free:
            try:
                await task(done)
            except FuncyardError as fault:
                done.faults[scope.name] = fault.message
                level = logging.INFO if passes(fault) else logging.WARNING
                _log.log(level, "%s could not be reconciled: %s", scope, fault)

    async with asyncio.TaskGroup() as group:
        for scope, task in work:
            group.create_task(one(scope, task))
