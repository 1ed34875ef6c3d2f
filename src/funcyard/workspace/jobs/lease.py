"""A job's lease: renewed while the job runs, so that one whose worker died is taken up again.

It also watches whether the job is still wanted, and stops the work where it is not.
"""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from funcyard.errors import FuncyardError
from funcyard.workspace.jobs.model import now
from funcyard.workspace.table import RowConflictError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from funcyard.workspace.jobs.table import JobTable, Record

_Result = TypeVar("_Result")


class StoppedError(FuncyardError):
    """What a job was for is no longer wanted: its connection was changed or removed."""

    code = "sync-stopped"


class TakenOverError(FuncyardError):
    """The job's lease ended, and somebody else has the job now."""

    code = "sync-taken-over"


@dataclass(frozen=True, slots=True)
class JobTerms:
    """How long a job's lease lasts.

    Attributes:
        seconds: From each renewal.
        renew_seconds: How often it is renewed.
    """

    seconds: float = 60
    renew_seconds: float = 15

    def until(self) -> datetime:
        """Return when a lease ends that is taken or renewed now."""
        return now() + timedelta(seconds=self.seconds)


class JobLease:
    """The lease of a job that was claimed.

    Args:
        jobs: Where it is kept.
        record: As it was claimed.
        terms: How long it lasts.
    """

    def __init__(self, jobs: JobTable, record: Record, terms: JobTerms) -> None:
        self.record = record
        self._jobs = jobs
        self._terms = terms
        self._until = asyncio.get_running_loop().time() + terms.seconds

    async def run(
        self,
        work: Coroutine[object, object, _Result],
        unwanted: Callable[[], Awaitable[str]],
    ) -> _Result:
        """Return what the work returns, the lease being renewed meanwhile.

        Args:
            work: Cancelled where it shall not go on.
            unwanted: Says why it shall not; nothing as long as it shall.

        Raises:
            StoppedError: It was not wanted any more.
            TakenOverError: Somebody else has the job.
        """
        working = asyncio.ensure_future(work)
        watching = asyncio.ensure_future(self._watch(unwanted))
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                raise watching.result()
            return working.result()
        finally:
            for task in (watching, working):
                task.cancel()
            # What was begun ends before the lease is let go of.
            await asyncio.gather(watching, working, return_exceptions=True)

    async def _watch(self, unwanted: Callable[[], Awaitable[str]]) -> FuncyardError:
        while True:
            await asyncio.sleep(self._terms.renew_seconds)
            # Where storage cannot be reached, the next try may.
            with suppress(FuncyardError):
                if reason := await unwanted():
                    return StoppedError(reason)
            try:
                self.record = await self._jobs.change(self.record, lease_until=self._terms.until())
                self._until = asyncio.get_running_loop().time() + self._terms.seconds
            except RowConflictError as fault:
                return TakenOverError(fault.message)
            except FuncyardError as fault:
                if asyncio.get_running_loop().time() >= self._until:
                    return TakenOverError(f"the job's lease could not be renewed: {fault}")


def owner() -> str:
    """Return a name for who runs a job."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
