"""Asks for syncs: one job per commit, however often and in whatever order it is told of.

A job is kept before its message is sent. Where the message cannot be sent the job stays queued, and
the timer sends one.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.jobs.model import Job, Status

if TYPE_CHECKING:
    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.jobs.messages import Messages
    from funcyard.workspace.jobs.table import JobTable
    from funcyard.workspace.webhook.payload import Push

_SEND_SECONDS: Final = 3
"""GitHub waits ten seconds for an answer."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a push.

    Attributes:
        job: That syncs it.
        new: Whether it was made for this one.
    """

    job: Job
    new: bool


class Intake:
    """Where syncs are asked for.

    Args:
        jobs: Where they are kept.
        messages: What wakes who runs them.
    """

    def __init__(self, jobs: JobTable, messages: Messages) -> None:
        self._jobs = jobs
        self._messages = messages

    async def request(
        self, connection: Connection, reason: str, *, commit: str = "", full: bool = False
    ) -> str:
        """Queue a sync and return the job's id.

        Args:
            connection: To sync.
            reason: Why.
            commit: Where the branch is, as far as that is known.
            full: Whether to prove everything.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        return (await self._add(_job(connection, reason, commit=commit, full=full))).job.id

    async def push(
        self, connection: Connection, push: Push, *, delivery: str, digest: str
    ) -> Taken:
        """Queue the sync of a push, unless the newest job is of the same one already.

        A push back to an older commit is a push like any other: the newest job is of another.

        Args:
            connection: Whose branch was pushed.
            push: To sync.
            delivery: GitHub's id of what told of it.
            digest: SHA-256 of that.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        job = _job(
            connection,
            "push",
            commit=push.after,
            before=push.before,
            message=push.message,
            author=push.author,
            committed=push.timestamp,
            delivery=delivery,
            digest=digest,
        )
        newest = await self._jobs.newest(connection.scope)
        if newest is not None and _covers(newest, job):
            return Taken(newest, new=False)
        taken = await self._add(job)
        if taken.job.status is Status.FAILED:
            # It failed, and somebody had it delivered again.
            return await self._add(replace(job, delivery=""))
        return taken

    async def _add(self, job: Job) -> Taken:
        kept = await self._jobs.add(job)
        if kept.id != job.id:
            return Taken(kept, new=False)
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await self._messages.send(job.scope, job.id)
        except (FuncyardError, TimeoutError) as fault:
            _log.warning("the sync %s of %s waits for the timer: %s", job.id, job.scope, fault)
        return Taken(job, new=True)


def _covers(newest: Job, job: Job) -> bool:
    """Whether the newest job does, or did, what another would."""
    if (newest.connection, newest.commit) != (job.connection, job.commit):
        return False
    match newest.status:
        case Status.QUEUED:
            return True
        case Status.PROCESSING:
            return newest.before == job.before
        case Status.COMPLETED:
            return newest.applied == job.commit
        case Status.FAILED:
            return False
    raise AssertionError(newest.status)


def _job(connection: Connection, reason: str, *, full: bool = False, **more: str) -> Job:
    return Job(
        scope=connection.scope,
        connection=connection.id,
        reason=reason,
        repository=str(connection.repository),
        branch=connection.branch,
        full=full,
        **more,  # type: ignore[arg-type]
    )
