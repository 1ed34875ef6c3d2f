"""From a message of the queue to the execution that it names: claimed and run, or left to wait.

A message may come twice, late, or to several engines: the claim is a change of the record under its
ETag, so one engine runs it. Where too many wait for a worker here, the message comes back later, to
whichever engine takes it.
"""

from __future__ import annotations

import json
import logging
import random
from typing import TYPE_CHECKING, Any, Final

from funcyard.workflows import messages, parameters
from funcyard.workflows.errors import (
    EngineBusyError,
    NoSuchExecutionError,
    NoSuchWorkflowError,
    ParametersError,
    WorkerStartError,
)
from funcyard.workflows.executions.model import Failure, Status, now
from funcyard.workflows.executions.store import MovedOnError

if TYPE_CHECKING:
    from funcyard.workflows.code import Code
    from funcyard.workflows.declarations import Workflow
    from funcyard.workflows.executions.record import Record
    from funcyard.workflows.executor import Executor
    from funcyard.workflows.pool.pin import Pin
    from funcyard.workflows.pool.process import WorkerProcess
    from funcyard.workflows.storage import Storage
    from funcyard.workflows.work import Work

_CROWD: Final = 16
"""Messages of one organisation that may wait for a worker here; more of them come back later."""

_COME_BACK_SECONDS: Final = (1.0, 3.0)
_PATIENCE_SECONDS: Final = 60.0

_log = logging.getLogger(__name__)


class Queued:
    """Runs what waits in the queue.

    Args:
        storage: Where executions are recorded and wait.
        code: What they run.
        executor: Runs what has a worker.
        work: Has an execution that was claimed come to its end.
    """

    def __init__(self, storage: Storage, code: Code, executor: Executor, work: Work) -> None:
        self._storage = storage
        self._code = code
        self._executor = executor
        self._work = work

    async def handle(self, message: str) -> None:
        """Run what a message of the queue names, unless it is over, runs, or has to wait.

        Raises:
            MessageError: It names nothing.
            EngineBusyError: The engine stops.
            FuncyardError: The storage failed, or no worker can be started: to be tried again.
        """
        organization, identity = messages.parse(message)
        await self._work.own(self._run(organization, identity))

    async def poisoned(self, message: str) -> None:
        """Record that the queue gave up on a message.

        Raises:
            MessageError: It names nothing.
        """
        organization, identity = messages.parse(message)
        try:
            record = await self._storage.store.get(organization, identity)
        except NoSuchExecutionError:
            return
        if record.execution.status is Status.PENDING:
            text = "it could not be started, and the queue gave up trying"
            await self._fail(record, Failure("QueueGaveUp", text))

    async def _run(self, organization: str, identity: str) -> None:
        store = self._storage.store
        try:
            record = await store.get(organization, identity)
        except NoSuchExecutionError:
            _log.warning("a message names %s, which %s does not have", identity, organization)
            return
        if record.execution.status is not Status.PENDING:
            return  # it is over, or another runs it
        if self._code.pool.waiting(organization) >= _CROWD:
            await self._come_back(record)
            return
        try:
            pin, workflow = await self._code.workflow(organization, record.execution.workflow)
            arguments = parameters.coerce(workflow, json.loads(await store.parameters(record)))
            worker = await self._code.pool.acquire(pin, _PATIENCE_SECONDS)
        except EngineBusyError:
            await self._come_back(record)
        except (NoSuchWorkflowError, ParametersError) as fault:
            kind = "NotFound" if isinstance(fault, NoSuchWorkflowError) else "Parameters"
            await self._fail(record, Failure(kind, fault.message))
        except WorkerStartError as fault:
            if not fault.file:
                raise
            await self._fail(record, Failure("WorkerNotStarted", fault.message, fault.hint or ""))
        else:
            await self._run_claimed(record, pin, workflow, arguments, worker)

    async def _run_claimed(
        self,
        record: Record,
        pin: Pin,
        workflow: Workflow,
        arguments: dict[str, Any],
        worker: WorkerProcess,
    ) -> None:
        try:
            with self._executor.hold(record.execution.id):
                claimed = await self._storage.store.move(
                    record,
                    status=Status.RUNNING,
                    owner=self._storage.engines.own,
                    scope=pin.scope,
                    version=pin.version,
                    started_at=now(),
                )
                await self._executor.run(claimed, workflow, arguments, worker)
        except MovedOnError:
            return  # another has claimed or cancelled it
        finally:
            self._code.pool.release(worker)

    async def _come_back(self, record: Record) -> None:
        """Have a message come again a little later."""
        execution = record.execution
        delay = random.uniform(*_COME_BACK_SECONDS)  # noqa: S311 - spreads load
        await self._storage.messages.send(execution.organization, execution.id, delay)

    async def _fail(self, record: Record, failure: Failure) -> None:
        try:
            await self._storage.store.end(
                record, status=Status.FAILED, failure=failure, finished_at=now()
            )
        except MovedOnError:
            return  # cancelled, or run by another after all
