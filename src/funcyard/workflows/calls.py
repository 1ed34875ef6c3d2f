"""From a call to an execution: run on a warm worker at once, or recorded and put into the queue."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from funcyard.azure.row_ids import new_id
from funcyard.workflows import parameters
from funcyard.workflows.errors import ParametersError
from funcyard.workflows.executions.model import Execution, Status, now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.workflows.code import Code
    from funcyard.workflows.declarations import Workflow
    from funcyard.workflows.executor import Executor
    from funcyard.workflows.pool.pin import Pin
    from funcyard.workflows.storage import Storage
    from funcyard.workflows.work import Work


@dataclass(frozen=True, slots=True)
class Call:
    """What is asked for.

    Attributes:
        organization: On whose behalf; ``GLOBAL`` for the platform's own.
        workflow: Its name.
        caller: Who asks.
        given: Its parameters.
        mode: ``sync`` or ``async``; the workflow's own where it is empty.
        key: An idempotency key: a second call with it returns the first one's execution, as it
            stands.
        trigger: What started it.
        scheduled_for: The moment of its schedule.
    """

    organization: str
    workflow: str
    caller: str
    given: Mapping[str, Any] = field(default_factory=dict)
    mode: str = ""
    key: str = ""
    trigger: str = "api"
    scheduled_for: str = ""


class Calls:
    """Takes calls.

    Args:
        storage: Where executions are recorded and wait.
        code: What there is to call.
        executor: Runs what has a worker.
        work: Has a call that was taken come to its end.
        patience_seconds: How long a caller waits for a worker.
        longest_input: Bytes of JSON that parameters may have.
    """

    def __init__(
        self,
        storage: Storage,
        code: Code,
        executor: Executor,
        work: Work,
        *,
        patience_seconds: float,
        longest_input: int,
    ) -> None:
        self._storage = storage
        self._code = code
        self._executor = executor
        self._work = work
        self._patience = patience_seconds
        self._longest_input = longest_input

    async def execute(self, call: Call) -> Execution:
        """Execute a workflow: to its end where the mode is ``sync``, else have it executed.

        Raises:
            NoSuchWorkflowError: There is no such workflow.
            ParametersError: What was given does not fit.
            IdempotencyConflictError: The key was used for something else.
            EngineBusyError: No worker became free (``sync``), or the engine stops.
            WorkerStartError: No worker can be started.
        """
        self._work.check()
        pin, workflow = await self._code.workflow(call.organization, call.workflow)
        arguments = parameters.coerce(workflow, call.given)
        execution = Execution(
            organization=call.organization,
            id=new_id(),
            workflow=call.workflow,
            scope=pin.scope,
            mode=call.mode or workflow.execution_mode,
            caller=call.caller,
            created_at=now(),
            trigger=call.trigger,
            scheduled_for=call.scheduled_for,
        )
        told = self._as_json(call)
        await self._storage.engines.note_organization(call.organization)
        if execution.mode == "sync":
            return await self._work.own(
                self._run(execution, pin, workflow, arguments, told, call.key)
            )
        return await self._work.own(self._queue(execution, told, call.key))

    async def _run(
        self,
        execution: Execution,
        pin: Pin,
        workflow: Workflow,
        arguments: dict[str, Any],
        told: str,
        key: str,
    ) -> Execution:
        worker = await self._code.pool.acquire(pin, self._patience)
        try:
            running = replace(
                execution,
                status=Status.RUNNING,
                owner=self._storage.engines.own,
                version=pin.version,
                started_at=now(),
            )
            with self._executor.hold(execution.id):
                record, new = await self._storage.store.add(running, told, key)
                if not new:
                    return record.execution
                return await self._executor.run(record, workflow, arguments, worker)
        finally:
            self._code.pool.release(worker)

    async def _queue(self, execution: Execution, told: str, key: str) -> Execution:
        waiting = replace(execution, queued_at=now())
        record, new = await self._storage.store.add(waiting, told, key)
        if new or record.execution.status is Status.PENDING:
            # A second call with the same key may be there because the first was cut off before.
            await self._storage.messages.send(execution.organization, record.execution.id)
        return record.execution

    def _as_json(self, call: Call) -> str:
        try:
            told = json.dumps(dict(call.given), separators=(",", ":"), sort_keys=True)
        except (TypeError, ValueError, RecursionError):
            raise ParametersError(call.workflow, [("parameters", "must be JSON")]) from None
        if len(told) > self._longest_input:
            fault = f"are {len(told):,} bytes; {self._longest_input:,} bytes are allowed"
            raise ParametersError(call.workflow, [("parameters", fault)])
        return told
