"""A job, as it is kept and as it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from funcyard.azure.row_ids import new_id

if TYPE_CHECKING:
    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.source import LeftOut

MOST_RETRIES: Final = 3
"""How often a job is tried again after a fault that may pass."""


class Status(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def final(self) -> bool:
        """Whether it stays there."""
        return self in {Status.COMPLETED, Status.FAILED}


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A sync that was asked for.

    Attributes:
        scope: Whose.
        connection: Id of the connection it was asked for.
        reason: ``push``, ``connect``, ``update``, ``resync`` or ``reconcile``.
        repository: Its address.
        branch: Of it.
        id: A UUID; newer jobs come first when sorted by it.
        commit: That was pushed; empty where it is not known until the job runs.
        before: The commit before the push.
        message: Of the commit.
        author: Of the commit.
        committed: When, as GitHub tells it.
        delivery: GitHub's id of the delivery.
        digest: SHA-256 of the delivery's body.
        full: Whether everything is proved.
        allow_empty: Whether a commit without files may empty the workspace.
        status: Where it stands.
        queued_at: When it was asked for.
        started_at: When it was last begun.
        completed_at: When it ended.
        duration_ms: How long the last try took.
        retries: How often it was tried again.
        not_before: When it is tried again.
        sent_at: When a message for it was last sent, or was to be.
        owner: Who runs it.
        lease_until: Until when its owner is believed to be alive.
        added: Files that were added.
        modified: Files that were changed.
        deleted: Files that were removed.
        total: Files that the workspace has now.
        applied: The commit that the workspace is at.
        version: The version that runs.
        outcome: ``success``, ``partial`` or ``unchanged`` of a completed job.
        left_out: What of the commit was not taken over: the first of it.
        left_out_count: How much that was in all.
        superseded_by: Id of the job that did the work of this one, too.
        error_code: Of what failed last.
        error: In words.
    """

    scope: Scope
    connection: str
    reason: str
    repository: str
    branch: str
    id: str = field(default_factory=new_id)
    commit: str = ""
    before: str = ""
    message: str = ""
    author: str = ""
    committed: str = ""
    delivery: str = ""
    digest: str = ""
    full: bool = False
    allow_empty: bool = False
    status: Status = Status.QUEUED
    queued_at: datetime = field(default_factory=now)
    started_at: datetime | None = None
    completed_at: datetime | None = None
    duration_ms: int = 0
    retries: int = 0
    not_before: datetime | None = None
    sent_at: datetime = field(default_factory=now)
    owner: str = ""
    lease_until: datetime | None = None
    added: int = 0
    modified: int = 0
    deleted: int = 0
    total: int = 0
    applied: str = ""
    version: str = ""
    outcome: str = ""
    left_out: tuple[LeftOut, ...] = ()
    left_out_count: int = 0
    superseded_by: str = ""
    error_code: str = ""
    error: str = ""

    def dead(self, moment: datetime) -> bool:
        """Whether who ran it is gone without having ended it."""
        running = self.status is Status.PROCESSING
        return running and (self.lease_until is None or self.lease_until <= moment)

    def as_dict(self) -> dict[str, object]:
        """Return what the API shows of it."""
        return {
            "jobId": self.id,
            "orgId": self.scope.name,
            "reason": self.reason,
            "repositoryUrl": self.repository,
            "branch": self.branch,
            "commitSha": self.commit or None,
            "commitMessage": self.message or None,
            "commitAuthor": self.author or None,
            "commitTimestamp": self.committed or None,
            "status": self.status.value,
            "outcome": self.outcome or None,
            "queuedAt": self.queued_at.isoformat(),
            "startedAt": _time(self.started_at),
            "completedAt": _time(self.completed_at),
            "durationMs": self.duration_ms,
            "filesAdded": self.added,
            "filesModified": self.modified,
            "filesDeleted": self.deleted,
            "totalFiles": self.total,
            "appliedCommitSha": self.applied or None,
            "version": self.version or None,
            "leftOut": [one.as_dict() for one in self.left_out],
            "leftOutCount": self.left_out_count,
            "supersededBy": self.superseded_by or None,
            "retryCount": self.retries,
            "nextRetryAt": _time(self.not_before if self.status is Status.QUEUED else None),
            "errorCode": self.error_code or None,
            "errorMessage": self.error or None,
        }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
