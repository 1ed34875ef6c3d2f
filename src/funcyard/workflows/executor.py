"""One execution, from a claimed record to its end: run in a worker, logged, recorded as it was.

Only the engine that a record names writes how it ended, and keeps trying while the storage is away.
A record that was changed meanwhile (a cancellation) is read again; one that has gone to another
engine stays that one's.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from funcyard.azure.errors import AzureUnreachableError
from funcyard.workflows.executions.logbook import LogBook, log_name
from funcyard.workflows.executions.model import Failure, Status, now
from funcyard.workflows.executions.store import MovedOnError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.workflows.declarations import Workflow
    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.executions.payloads import Payloads
    from funcyard.workflows.executions.record import Record
    from funcyard.workflows.executions.store import Store
    from funcyard.workflows.messages import Messages
    from funcyard.workflows.pool.outcome import Outcome
    from funcyard.workflows.pool.process import WorkerProcess


_TRY_AGAIN_SECONDS: Final = 2.0


@dataclass(slots=True)
class _Running:
    worker: WorkerProcess
    book: LogBook
    cancelled: bool = False


class Executor:
    """Runs claimed executions and knows what runs here.

    Args:
        store: Where executions are recorded.
        payloads: Where logs go.
        messages: Has retries run.
        longest_log: Characters that an execution may log.
    """

    def __init__(
        self, store: Store, payloads: Payloads, messages: Messages, longest_log: int
    ) -> None:
        self._store = store
        self._payloads = payloads
        self._messages = messages
        self._longest_log = longest_log
        self._running: dict[str, _Running] = {}
        self._held: Counter[str] = Counter()
        self._cancelling: set[asyncio.Task[None]] = set()
        self.stopping = False

    @property
    def count(self) -> int:
        """How many executions run here."""
        return len(self._running)

    def book(self, execution: str) -> LogBook | None:
        """Return the log of an execution that runs here."""
        running = self._running.get(execution)
        return running.book if running else None

    @contextmanager
    def hold(self, execution: str) -> Iterator[None]:
        """Look after an execution, from before it is claimed to after its end is recorded."""
        self._held[execution] += 1  # two messages may name the same
        try:
            yield
        finally:
            self._held[execution] -= 1
            if not self._held[execution]:
                del self._held[execution]

    def holds(self, execution: str) -> bool:
        """Whether this engine looks after an execution that names it as its owner."""
        return execution in self._held

    async def run(
        self, record: Record, workflow: Workflow, arguments: dict[str, Any], worker: WorkerProcess
    ) -> Execution:
        """Run a claimed execution and return it as it was recorded in the end.

        Args:
            record: Running, with this engine as its owner.
            workflow: What it runs.
            arguments: What it is called with, coerced.
            worker: Of its pin; the caller gives it back.
        """
        execution = record.execution
        again = execution.attempt > 1 or execution.losses > 0
        name = log_name(execution.organization, execution.id)
        kept = await self._payloads.size(name) if again else 0
        book = LogBook(execution, self._payloads, self._longest_log, kept)
        self._running[execution.id] = running = _Running(worker, book)
        try:
            outcome = await worker.run(
                {
                    "id": execution.id,
                    "kind": "workflow",
                    "name": workflow.name,
                    "parameters": arguments,
                    "context": _context(execution),
                },
                workflow.timeout_seconds,
                book.add,
            )
            return await self._record(record, workflow, outcome, running)
        finally:
            del self._running[execution.id]
            book.finish()

    def cancel(self, execution: str) -> bool:
        """End an execution that runs here; return whether it does."""
        running = self._running.get(execution)
        if running is None:
            return False
        if not running.cancelled:
            running.cancelled = True
            task = asyncio.create_task(running.worker.cancel())
            self._cancelling.add(task)
            task.add_done_callback(self._cancelling.discard)
        return True

    async def _record(
        self, record: Record, workflow: Workflow, outcome: Outcome, running: _Running
    ) -> Execution:
        failure, status = _verdict(outcome, cancelled=running.cancelled)
        if self.stopping and outcome.died:
            failure = Failure("EngineStopped", "the engine was stopped while it ran")
        execution = record.execution
        facts: dict[str, Any] = {
            "failure": failure,
            "notes": outcome.notes,
            "duration_ms": round(outcome.seconds * 1000),
        }
        if self.stopping and outcome.died and execution.mode == "async":
            return await self._give_back(record, running.book)
        delay = None if self.stopping else _retry_delay(execution, workflow, status)
        logs = await running.book.close(final=delay is None)
        while True:
            try:
                if delay is not None:
                    return await self._retry(record, delay, facts)
                return await self._store.end(
                    record,
                    value=outcome.value,
                    logs=logs,
                    status=status,
                    finished_at=now(),
                    **facts,
                )
            except AzureUnreachableError:
                if self.stopping:
                    raise
                await asyncio.sleep(_TRY_AGAIN_SECONDS)  # how it ended is known here only
            except MovedOnError:
                record = await self._store.get(execution.organization, execution.id)
                found = record.execution
                mine = found.owner == execution.owner and found.attempt == execution.attempt
                if found.status.final or not mine:
                    return found
                delay = None  # it was cancelled: nothing follows
                if failure is not None:
                    status = Status.CANCELLED

    async def _retry(self, record: Record, delay: float, facts: dict[str, Any]) -> Execution:
        execution = record.execution
        moved = await self._store.move(
            record,
            status=Status.PENDING,
            owner="",
            attempt=execution.attempt + 1,
            queued_at=now() + timedelta(seconds=delay),
            **facts,
        )
        await self._messages.send(execution.organization, execution.id, delay)
        return moved.execution

    async def _give_back(self, record: Record, book: LogBook) -> Execution:
        """Leave an execution that this engine cuts off to another."""
        await book.close(final=False)
        execution = record.execution
        try:
            moved = await self._store.move(
                record, status=Status.PENDING, owner="", queued_at=now(), started_at=None
            )
        except MovedOnError:
            return execution  # recovery sees that this engine is gone
        await self._messages.send(execution.organization, execution.id)
        return moved.execution


def _verdict(outcome: Outcome, *, cancelled: bool) -> tuple[Failure | None, Status]:
    """Return what is recorded of an outcome: what truly came first counts."""
    if outcome.error is None:
        return None, Status.COMPLETED_WITH_ERRORS if outcome.notes else Status.SUCCESS
    error = outcome.error
    if outcome.timed_out:
        status = Status.TIMEOUT
    elif cancelled:
        failure = Failure("Cancelled", "it was cancelled", error.get("traceback", ""))
        return failure, Status.CANCELLED
    else:
        status = Status.FAILED
    return Failure(error["kind"], error["message"], error.get("traceback", "")), status


def _retry_delay(execution: Execution, workflow: Workflow, status: Status) -> float | None:
    """Return the seconds until the next attempt, None where there is none."""
    policy = workflow.retry_policy
    if policy is None or execution.mode != "async":
        return None
    if status not in {Status.FAILED, Status.TIMEOUT} or execution.attempt >= policy.max_attempts:
        return None
    return policy.delay(execution.attempt)


def _context(execution: Execution) -> dict[str, Any]:
    return {
        "execution_id": execution.id,
        "organization": execution.organization,
        "caller": execution.caller,
        "workflow": execution.workflow,
        "version": execution.version,
        "attempt": execution.attempt,
        "scheduled_for": execution.scheduled_for,
    }
