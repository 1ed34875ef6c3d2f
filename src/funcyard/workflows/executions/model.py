"""What an execution is, and the states it goes through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class Status(StrEnum):
    """The state of an execution; the last five are final."""

    PENDING = "Pending"
    RUNNING = "Running"
    CANCELLING = "Cancelling"
    SUCCESS = "Success"
    COMPLETED_WITH_ERRORS = "CompletedWithErrors"
    FAILED = "Failed"
    TIMEOUT = "Timeout"
    CANCELLED = "Cancelled"

    @property
    def final(self) -> bool:
        """Whether nothing comes after it."""
        return self not in {Status.PENDING, Status.RUNNING, Status.CANCELLING}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an execution did not succeed.

    Attributes:
        kind: The exception's type in user code, or MemoryLimit, WorkerDied, WorkerNotStarted,
            Timeout, Cancelled, EngineLost, EngineStopped, QueueGaveUp, NotFound, Parameters,
            ResultNotSerializable, ResultTooLarge.
        message: In words.
        traceback: Of user code, with names of the view; empty where there is none.
    """

    kind: str
    message: str
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a workflow.

    Attributes:
        organization: On whose behalf.
        id: A UUID; ids of later executions sort before those of earlier ones.
        workflow: The workflow's name.
        scope: Whose code it is.
        version: The version that ran; empty until it ran.
        mode: ``sync`` or ``async``.
        trigger: What started it: ``api``, ``endpoint``, ``schedule``.
        caller: Who started it.
        status: Where it stands.
        attempt: From 1.
        losses: How often the engine that ran it was lost.
        owner: The engine that runs it; empty while none does.
        created_at: When it was recorded.
        queued_at: When its message can be seen at the latest (asynchronous ones).
        started_at: When its code began to run, at the last attempt; None before.
        finished_at: None until then.
        duration_ms: How long its code ran, at the last attempt.
        scheduled_for: The moment of its schedule, ISO 8601 in UTC; empty where nobody scheduled it.
        failure: Why it failed; of the last attempt while a retry waits.
        notes: Parts that its code reported as failed.
        cancelled_by: Who asked to end it.
    """

    organization: str
    id: str
    workflow: str
    scope: str
    mode: str
    caller: str
    created_at: datetime
    trigger: str = "api"
    status: Status = Status.PENDING
    version: str = ""
    attempt: int = 1
    losses: int = 0
    owner: str = ""
    queued_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    duration_ms: int = 0
    scheduled_for: str = ""
    failure: Failure | None = None
    notes: tuple[str, ...] = ()
    cancelled_by: str = ""


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)
