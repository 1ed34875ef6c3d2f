"""Asks for syncs: one job per commit, however often and in whatever order it is told of.

A job is kept before its message is sent. Where the message cannot be sent the job stays queued, and
the timer sends one.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.jobs.model import Job, Status, now

if TYPE_CHECKING:
    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.jobs.messages import Messages
    from funcyard.workspace.jobs.table import JobTable, Reservation
    from funcyard.workspace.webhook.payload import Push

_SEND_SECONDS: Final = 3
"""GitHub waits ten seconds for an answer."""

_ADDING: Final = timedelta(seconds=30)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a push.

    Attributes:
        job: That syncs it; None where somebody else is just adding it.
        new: Whether it was made for this one.
    """

    job: Job | None
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
        self,
        connection: Connection,
        reason: str,
        *,
        commit: str = "",
        full: bool = False,
        allow_empty: bool = False,
    ) -> str:
        """Queue a sync and return the job's id.

        Args:
            connection: To sync.
            reason: Why.
            commit: Where the branch is, as far as that is known.
            full: Whether to prove everything.
            allow_empty: Whether a commit without files may empty the workspace.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        job = _job(connection, reason, commit=commit, full=full, allow_empty=allow_empty)
        reserved = await self._jobs.reserve(job) if commit else None
        while reserved is not None:
            reserved = await self._jobs.reserve(job, reserved)
        await self._add(job)
        return job.id

    async def push(
        self, connection: Connection, push: Push, *, delivery: str, digest: str
    ) -> Taken:
        """Queue the sync of a push, unless the last job of its commit does, or did, the same.

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
        reserved = await self._jobs.reserve(job)
        while reserved is not None:
            if await self._done_by(reserved, job):
                return Taken(reserved.job, new=False)
            reserved = await self._jobs.reserve(job, reserved)
        return await self._add(job)

    async def _add(self, job: Job) -> Taken:
        await self._jobs.add(job)
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                await self._messages.wake(job.scope, job.id)
        except (FuncyardError, TimeoutError) as fault:
            _log.warning("the sync %s of %s waits for the timer: %s", job.id, job.scope, fault)
        return Taken(job, new=True)

    async def _done_by(self, reserved: Reservation, job: Job) -> bool:
        """Whether the last job of a commit does, or did, what another would."""
        last = reserved.job
        if last is None:
            return now() - reserved.at < _ADDING  # else who asked for it died
        if last.status is Status.FAILED:
            return False
        if last.status is Status.QUEUED or last.delivery == job.delivery:
            return True
        newest = await self._jobs.newest(job.scope)
        if newest is None or newest.id != last.id:
            return False
        if last.status is Status.PROCESSING:
            return last.before == job.before
        return last.applied == job.commit


def _job(
    connection: Connection,
    reason: str,
    *,
    full: bool = False,
    allow_empty: bool = False,
    **more: str,
) -> Job:
    return Job(
        scope=connection.scope,
        connection=connection.id,
        reason=reason,
        repository=str(connection.repository),
        branch=connection.branch,
        full=full,
        allow_empty=allow_empty,
        **more,  # type: ignore[arg-type]
    )
