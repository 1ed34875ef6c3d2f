"""Ends jobs truthfully: what was done, by which of them, or why nothing was."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import FuncyardError
from funcyard.workspace.connections.model import LastSync
from funcyard.workspace.jobs.faults import pause_seconds
from funcyard.workspace.jobs.model import Status, now
from funcyard.workspace.source import first_of
from funcyard.workspace.sync.result import PARTIAL, SUCCESS
from funcyard.workspace.table import RowConflictError
from funcyard.workspace.versions.origin import GitHubOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.workspace.connections.model import Connection
    from funcyard.workspace.connections.table import ConnectionTable
    from funcyard.workspace.jobs.messages import Messages
    from funcyard.workspace.jobs.table import JobTable, Record
    from funcyard.workspace.sync.result import SyncResult

_LONGEST_ERROR: Final = 2000
_MOST_LEFT_OUT: Final = 50
_MOST_TEXT: Final = 28_000
_MOST_LINES: Final = 5
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ending:
    """Ends the jobs of a run.

    Attributes:
        jobs: Where they are kept.
        connections: Where it is noted how the last sync ended.
        messages: What wakes who tries again.
    """

    jobs: JobTable
    connections: ConnectionTable
    messages: Messages

    async def completed(
        self,
        connection: Connection,
        claimed: Record,
        others: Sequence[Record],
        result: SyncResult,
    ) -> None:
        """End a run that succeeded: the job whose commit was applied did it, the others with it.

        Args:
            connection: That was synced.
            claimed: The job that ran.
            others: Jobs that were queued before it asked where the branch is.
            result: What was done.

        Raises:
            RowConflictError: Somebody else has the job that ran.
        """
        head = result.origin.commit if isinstance(result.origin, GitHubOrigin) else ""
        every = [claimed, *others]
        doer = next((one for one in every if head and one.job.commit == head), claimed)
        changed, fault = result.changes, result.view_fault
        _tell(result, head)
        done = {
            "status": Status.COMPLETED,
            **_ended(claimed),
            "applied": head,
            "version": "" if result.version is None else str(result.version),
            "outcome": result.status,
            "error_code": "" if fault is None else fault.code,
            "error": "" if fault is None else fault.message[:_LONGEST_ERROR],
        }
        counts = {
            "added": len(changed.added),
            "modified": len(changed.modified),
            "deleted": len(changed.deleted),
            "total": len(changed.added) + len(changed.modified) + changed.unchanged,
            "commit": doer.job.commit or head,
            "left_out": first_of(result.left_out, most=_MOST_LEFT_OUT, room=_MOST_TEXT),
            "left_out_count": len(result.left_out) + result.more_left_out,
        }
        for one in every:
            mine = counts if one is doer else {"superseded_by": doer.job.id}
            await self._change(one, must=one is claimed, **done, **mine)
        status = PARTIAL if result.status == PARTIAL else SUCCESS
        faults = [one for one in result.left_out if one.is_fault]
        said = str(done["error"])
        if faults and not said:
            said = f"{len(faults)} left out: {faults[0].path!a}: {faults[0].detail}"
        await self._note(connection, claimed, status, head, said[:_LONGEST_ERROR])

    async def failed(
        self,
        connection: Connection | None,
        claimed: Record,
        others: Sequence[Record],
        fault: FuncyardError,
    ) -> None:
        """End a run that failed for good, and with it those that it would have done, too.

        Raises:
            RowConflictError: Somebody else has the job that ran.
        """
        told = {
            "status": Status.FAILED,
            **_ended(claimed),
            "error_code": fault.code,
            "error": fault.message[:_LONGEST_ERROR],
        }
        await self._change(claimed, must=True, **told)
        for one in others:
            await self._change(one, must=False, **told, superseded_by=claimed.job.id)
        if connection is not None:
            await self._note(connection, claimed, "failed", "", fault.message[:_LONGEST_ERROR])

    async def again(self, claimed: Record, fault: FuncyardError) -> None:
        """Queue a job anew that failed in a way that may pass.

        Raises:
            RowConflictError: Somebody else has it.
        """
        pause = pause_seconds(claimed.job.retries, fault)
        when = now() + timedelta(seconds=pause)
        await self.jobs.change(
            claimed,
            status=Status.QUEUED,
            retries=claimed.job.retries + 1,
            not_before=when,
            sent_at=when,
            owner="",
            lease_until=None,
            error_code=fault.code,
            error=fault.message[:_LONGEST_ERROR],
        )
        with suppress(FuncyardError):  # else the timer sends it
            await self.messages.send(claimed.job.scope, claimed.job.id, pause)

    async def dropped(self, records: Sequence[Record], fault: FuncyardError) -> None:
        """End jobs of a connection that is no more."""
        for one in records:
            await self._change(
                one,
                must=False,
                status=Status.FAILED,
                **_ended(one),
                error_code=fault.code,
                error=fault.message,
            )

    async def _change(self, record: Record, *, must: bool, **changes: Any) -> None:  # noqa: ANN401 - of a job
        try:
            await self.jobs.change(record, **changes)
        except RowConflictError:
            if must:
                raise
            _log.info("the sync %s was ended by somebody else", record.job.id)

    async def _note(
        self, connection: Connection, claimed: Record, status: str, commit: str, error: str
    ) -> None:
        """Note in the connection how its last sync ended; that it cannot be is no fault of it."""
        ended = _ended(claimed)
        last = LastSync(commit, ended["completed_at"], ended["duration_ms"], status, error)
        with suppress(FuncyardError):
            await self.connections.change(connection, last_sync=last)


def _tell(result: SyncResult, head: str) -> None:
    """Log what was done."""
    changed, version = result.changes, result.version
    _log.info(
        "%s: %s of commit %s: version %s, %d added, %d modified, %d deleted",
        result.scope,
        result.status,
        head[:12],
        "-" if version is None else version.number,
        len(changed.added),
        len(changed.modified),
        len(changed.deleted),
    )
    for one in result.left_out[:_MOST_LINES]:
        _log.warning("%s: left out %a: %s", result.scope, one.path, one.detail)
    if len(result.left_out) > _MOST_LINES:
        _log.warning("%s: left out %d more", result.scope, len(result.left_out) - _MOST_LINES)


def _ended(record: Record) -> dict[str, Any]:
    end = now()
    start = record.job.started_at
    lasted = 0 if start is None else max(0, round((end - start).total_seconds() * 1000))
    return {
        "completed_at": end,
        "duration_ms": lasted,
        "not_before": None,
        "owner": "",
        "lease_until": None,
    }
