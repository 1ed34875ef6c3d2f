"""The engine: everything that the platform asks of workflows.

::

    caller ── execute ──┬── sync: a warm worker, a row, run, the row's end, answer
                        └── async: a row, a message, answer
    queue ─── handle ───── the row, a warm worker, claim, run, the row's end
    beside: the lease, signals, recovery, schedules

Several engines share one storage; each is a process. Code of workspaces runs in worker processes
only.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from funcyard.azure.row_ids import new_id
from funcyard.errors import FuncyardError
from funcyard.workflows import messages, parameters
from funcyard.workflows.code import Code
from funcyard.workflows.engines import Engines
from funcyard.workflows.errors import (
    AlreadyEndedError,
    EngineBusyError,
    NoSuchExecutionError,
    NoSuchWorkflowError,
    ParametersError,
    WorkerStartError,
)
from funcyard.workflows.executions.listing import Listing
from funcyard.workflows.executions.model import Execution, Failure, Status, now
from funcyard.workflows.executions.payloads import Payloads
from funcyard.workflows.executions.retention import Retention
from funcyard.workflows.executions.store import MovedOnError, Store
from funcyard.workflows.executions.table import ExecutionTable
from funcyard.workflows.executor import Executor
from funcyard.workflows.limits import EngineLimits, PoolLimits, WorkerLimits
from funcyard.workflows.logreading import LogPart, LogReading
from funcyard.workflows.pool.compiled import CompiledCode
from funcyard.workflows.pool.scratch import Scratch
from funcyard.workflows.providers import Providers
from funcyard.workflows.recovery import Recovery
from funcyard.workflows.schedules import Due, Schedules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
    from pathlib import Path

    from funcyard.azure.storage import StorageAccount
    from funcyard.workflows.declarations import Workflow
    from funcyard.workflows.executions.listing import Page
    from funcyard.workflows.executions.record import Record
    from funcyard.workflows.executions.retention import Cleared
    from funcyard.workflows.pool.pin import Pin
    from funcyard.workflows.pool.process import WorkerProcess
    from funcyard.workflows.registry import Registry
    from funcyard.workflows.schedules import Clock
    from funcyard.workflows.source import SnapshotSource

_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")

_CROWD: Final = 16
"""Messages of one organisation that may wait for a worker here; more of them come back later."""

_COME_BACK_SECONDS: Final = (1.0, 3.0)
_QUEUED_PATIENCE_SECONDS: Final = 60.0


class Engine:
    """An engine, between :meth:`start` and :meth:`close`.

    Args:
        account: Where its tables, queue and blobs are.
        source: Where code comes from.
        scratch: Where workers have their temporary folders, and compiled code is kept.
        workers: What a worker may do.
        pool: How many workers there may be.
        limits: Its dealings with others.
        clock: Tells schedules the time.
        served: Whether schedules of an organisation start anything; None for those of every one.
    """

    def __init__(
        self,
        account: StorageAccount,
        source: SnapshotSource,
        scratch: Path,
        *,
        workers: WorkerLimits | None = None,
        pool: PoolLimits | None = None,
        limits: EngineLimits | None = None,
        clock: Clock = now,
        served: Callable[[str], Awaitable[bool]] | None = None,
    ) -> None:
        self._served = served
        self._limits = limits or EngineLimits()
        self._pool_limits = pool or PoolLimits()
        worker_limits = workers or WorkerLimits()
        tables, blobs, queues = account.tables(), account.blobs(), account.queues()
        self._clients = (tables, blobs, queues)
        self._source = source
        self._scratch = Scratch(scratch)
        self._payloads = Payloads(blobs)
        self._table = ExecutionTable(tables)
        self._store = Store(self._table, self._payloads)
        self._listing = Listing(self._table)
        self._retention = Retention(self._table, self._payloads, source.current)
        self._engines = Engines(tables, self._limits.lease_seconds)
        self._messages = messages.Messages(queues)
        self._schedules = Schedules(tables, clock)
        self._code = Code(
            source,
            self._scratch,
            CompiledCode(scratch / "compiled"),
            self._payloads,
            workers=worker_limits,
            pool=self._pool_limits,
            found=self._met,
        )
        self._executor = Executor(
            self._store, self._payloads, self._messages, worker_limits.longest_log
        )
        self._recovery = Recovery(
            self._store,
            self._listing,
            self._engines,
            self._messages,
            self._limits.losses,
            self._executor.holds,
        )
        self._logs = LogReading(self._store, self._payloads, self._executor)
        self._providers = Providers(self._code, self._pool_limits.patience_seconds)
        self._followed: dict[str, str] = {}
        self._beside: list[asyncio.Task[None]] = []
        self._work: set[asyncio.Task[Any]] = set()
        self._stack = AsyncExitStack()

    @property
    def id(self) -> str:
        """What its executions name as their owner."""
        return self._engines.own

    async def start(self) -> None:
        """Make what is missing in storage and begin to live.

        Raises:
            AzureFailedError: The storage refuses or cannot be reached.
        """
        for client in self._clients:
            await self._stack.enter_async_context(client)
        parts = (self._payloads, self._table, self._messages, self._schedules, self._engines)
        try:
            for part in parts:
                await part.provision()
        except BaseException:
            await self._stack.aclose()
            self._scratch.close()
            raise
        beat, recovery = self._limits.beat_seconds, self._limits.recovery_seconds
        self._beside = [
            asyncio.create_task(self._every(beat, self._engines.beat)),
            asyncio.create_task(self._every(beat, self._obey)),
            asyncio.create_task(self._every(recovery, self._recovery.sweep, at_once=True)),
            asyncio.create_task(self._every(self._limits.schedule_seconds, self.tick)),
        ]

    async def close(self, drain_seconds: float = 0) -> None:
        """Stop: what runs may end within the time, what is cut off then goes to other engines.

        Safe to call twice.
        """
        if self._executor.stopping:
            return
        if self._work and drain_seconds:
            await asyncio.wait(self._work, timeout=drain_seconds)
        self._executor.stopping = True
        await self._code.pool.close()
        if self._work:
            await asyncio.wait(self._work)
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)
        try:
            await self._engines.leave()
        except FuncyardError as fault:
            _log.warning("%s", fault)
        await self._stack.aclose()
        self._scratch.close()

    async def published(self, scope: str) -> Registry | None:
        """Get to know a scope's version that counts now, and have a worker ready for it.

        To be called when a version was published; calling it again does nothing.
        """
        for pin in await self._code.pins(scope):
            if pin.scope == scope:
                registry = await self._code.registries.get(pin)
                self._code.pool.warm(pin)
                await self._met(registry)
                return registry
        return None

    async def follow_schedules(self, scope: str) -> None:
        """Bring a scope's schedules in line with its version that counts, whoever published it.

        To be called now and then; where nothing was published meanwhile it does next to nothing.

        Raises:
            FuncyardError: The storage failed, or no worker can be started.
        """
        version = await self._source.current(scope)
        if version is None or self._followed.get(scope) == version:
            return
        registry = await self._code.registries.stored(scope, version)
        if registry is None:
            await self.published(scope)
        else:
            await self._met(registry)

    async def registries(self, organization: str) -> list[Registry]:
        """Return what an organisation may run: its own registry first, then everybody's."""
        pins = await self._code.pins(organization)
        return [await self._code.registries.get(pin) for pin in pins]

    async def packages_changed(self, view: str) -> datetime | None:
        """Return when packages were last installed beside a scope's files, None where none are.

        Args:
            view: What the scope's root is called in the view.
        """
        changed = await self._code.packages_changed(view)
        return datetime.fromtimestamp(changed / 1e9, UTC) if changed else None

    async def workflow(self, organization: str, name: str) -> Workflow:
        """Return a workflow that an organisation may run; its own wins over everybody's.

        Raises:
            NoSuchWorkflowError: There is none of that name.
        """
        return (await self._code.workflow(organization, name))[1]

    async def execute(
        self,
        organization: str,
        name: str,
        given: Mapping[str, Any],
        *,
        caller: str,
        mode: str = "",
        key: str = "",
        trigger: str = "api",
        scheduled_for: str = "",
    ) -> Execution:
        """Execute a workflow: to its end where the mode is ``sync``, else have it executed.

        Args:
            organization: On whose behalf; ``GLOBAL`` for the platform's own.
            name: The workflow's.
            given: Its parameters.
            caller: Who asks.
            mode: ``sync`` or ``async``; the workflow's own where it is empty.
            key: An idempotency key: a second call with it returns the first one's execution, as it
                stands.
            trigger: What started it.
            scheduled_for: The moment of its schedule.

        Raises:
            NoSuchWorkflowError: There is no such workflow.
            ParametersError: What was given does not fit.
            IdempotencyConflictError: The key was used for something else.
            EngineBusyError: No worker became free (``sync``).
            WorkerStartError: No worker can be started.
        """
        if self._executor.stopping:
            raise EngineBusyError("the engine is being closed")
        pin, workflow = await self._code.workflow(organization, name)
        arguments = parameters.coerce(workflow, given)
        execution = Execution(
            organization=organization,
            id=new_id(),
            workflow=name,
            scope=pin.scope,
            mode=mode or workflow.execution_mode,
            caller=caller,
            created_at=now(),
            trigger=trigger,
            scheduled_for=scheduled_for,
        )
        told = self._as_json(name, given)
        await self._engines.note_organization(organization)
        if execution.mode == "sync":
            return await self._own(self._run_now(execution, pin, workflow, arguments, told, key))
        return await self._own(self._queue(execution, told, key))

    async def handle(self, message: str) -> None:
        """Run what a message of the queue names, unless it is over, runs, or has to wait.

        Raises:
            MessageError: It names nothing.
            FuncyardError: The storage failed, or no worker can be started: to be tried again.
        """
        organization, identity = messages.parse(message)
        await self._own(self._run_queued(organization, identity))

    async def poisoned(self, message: str) -> None:
        """Record that the queue gave up on a message.

        Raises:
            MessageError: It names nothing.
        """
        organization, identity = messages.parse(message)
        try:
            record = await self._store.get(organization, identity)
        except NoSuchExecutionError:
            return
        if record.execution.status is Status.PENDING:
            text = "it could not be started, and the queue gave up trying"
            await self._fail(record, Failure("QueueGaveUp", text))

    async def get(self, organization: str, execution: str) -> Execution:
        """Return an execution as it stands.

        Raises:
            NoSuchExecutionError: The organisation has none of that id.
        """
        return (await self._store.get(organization, execution)).execution

    async def parameters(self, organization: str, execution: str) -> dict[str, Any]:
        """Return what an execution was given.

        Raises:
            NoSuchExecutionError: The organisation has none of that id.
        """
        record = await self._store.get(organization, execution)
        found: dict[str, Any] = json.loads(await self._store.parameters(record))
        return found

    async def result(self, organization: str, execution: str) -> str | None:
        """Return what an execution returned, as JSON; None where it returned nothing yet.

        Raises:
            NoSuchExecutionError: The organisation has none of that id.
        """
        return await self._store.result(await self._store.get(organization, execution))

    async def executions(
        self,
        organization: str,
        *,
        status: Status | None = None,
        workflow: str = "",
        caller: str = "",
        limit: int = 50,
        after: str = "",
    ) -> Page:
        """Return an organisation's executions, newest first, a page at a time."""
        return await self._listing.page(
            organization, status=status, workflow=workflow, caller=caller, limit=limit, after=after
        )

    async def logs(self, organization: str, execution: str, after: int = 0) -> LogPart:
        """Return a part of an execution's log.

        Raises:
            NoSuchExecutionError: The organisation has none of that id.
        """
        return await self._logs.part(organization, execution, after)

    def follow(
        self, organization: str, execution: str, after: int = 0
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield an execution's log as it grows, until it is over."""
        return self._logs.follow(organization, execution, after)

    async def cancel(self, organization: str, execution: str, caller: str) -> Execution:
        """End an execution: at once where it waits, else soon, wherever it runs.

        Raises:
            NoSuchExecutionError: The organisation has none of that id.
            AlreadyEndedError: It is over.
        """
        while True:
            record = await self._store.get(organization, execution)
            found = record.execution
            if found.status.final:
                raise AlreadyEndedError(f"the execution {execution} has ended: {found.status}")
            try:
                if found.status is Status.PENDING:
                    return await self._store.end(
                        record, status=Status.CANCELLED, finished_at=now(), cancelled_by=caller
                    )
                if found.status is Status.RUNNING:
                    record = await self._store.move(
                        record, status=Status.CANCELLING, cancelled_by=caller
                    )
            except MovedOnError:
                continue
            if not self._executor.cancel(execution):
                await self._engines.signal(found.owner, organization, execution)
            return record.execution

    async def options(
        self, organization: str, provider: str, given: Mapping[str, Any], *, caller: str
    ) -> list[Any]:
        """Return what a data provider offers.

        Raises:
            NoSuchWorkflowError: There is no such provider.
            ParametersError: What was given does not fit.
            ProviderError: It failed.
            EngineBusyError: No worker became free.
        """
        return await self._providers.options(organization, provider, given, caller)

    async def tick(self) -> None:
        """Start the schedules that are due (called every few seconds)."""
        await self._schedules.tick(self._schedule_of, self._start_due)

    async def recover(self) -> None:
        """Look after what other engines have lost (called every few seconds)."""
        await self._recovery.sweep()

    async def clear_away(self, before: datetime, most: int) -> Cleared:
        """Clear away executions that ended before a moment: see :meth:`.Retention.run`.

        Safe beside whatever runs, and beside another engine that does the same.

        Args:
            before: The moment.
            most: How many executions of an organisation at most, and how many blobs.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        return await self._retention.run(await self._engines.organizations(), before, most)

    async def _run_now(
        self,
        execution: Execution,
        pin: Pin,
        workflow: Workflow,
        arguments: dict[str, Any],
        told: str,
        key: str,
    ) -> Execution:
        worker = await self._code.pool.acquire(pin, self._pool_limits.patience_seconds)
        try:
            running = replace(
                execution,
                status=Status.RUNNING,
                owner=self.id,
                version=pin.version,
                started_at=now(),
            )
            with self._executor.hold(execution.id):
                record, new = await self._store.add(running, told, key)
                if not new:
                    return record.execution
                return await self._executor.run(record, workflow, arguments, worker)
        finally:
            self._code.pool.release(worker)

    async def _queue(self, execution: Execution, told: str, key: str) -> Execution:
        record, new = await self._store.add(replace(execution, queued_at=now()), told, key)
        if new or record.execution.status is Status.PENDING:
            # A second call with the same key may be there because the first was cut off before.
            await self._messages.send(execution.organization, record.execution.id)
        return record.execution

    async def _run_queued(self, organization: str, identity: str) -> None:
        try:
            record = await self._store.get(organization, identity)
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
            arguments = parameters.coerce(
                workflow, json.loads(await self._store.parameters(record))
            )
            worker = await self._code.pool.acquire(pin, _QUEUED_PATIENCE_SECONDS)
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
                claimed = await self._store.move(
                    record,
                    status=Status.RUNNING,
                    owner=self.id,
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
        delay = random.uniform(*_COME_BACK_SECONDS)  # noqa: S311 - spreads load
        await self._messages.send(record.execution.organization, record.execution.id, delay)

    async def _fail(self, record: Record, failure: Failure) -> None:
        try:
            await self._store.end(record, status=Status.FAILED, failure=failure, finished_at=now())
        except MovedOnError:
            return  # cancelled, or run by another after all

    def _as_json(self, name: str, given: Mapping[str, Any]) -> str:
        try:
            told = json.dumps(dict(given), separators=(",", ":"), sort_keys=True)
        except (TypeError, ValueError, RecursionError):
            raise ParametersError(name, [("parameters", "must be JSON")]) from None
        if len(told) > self._limits.longest_input:
            limit = f"{self._limits.longest_input:,} bytes are allowed"
            raise ParametersError(name, [("parameters", f"are {len(told):,} bytes; {limit}")])
        return told

    async def _own(self, work: Coroutine[Any, Any, _Answer]) -> _Answer:
        """Do something to its end, also where who asked has gone meanwhile."""
        if self._executor.stopping:
            work.close()
            raise EngineBusyError("the engine is being closed")
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return await asyncio.shield(task)

    async def _met(self, registry: Registry) -> None:
        """Bring the schedules in line with a version that counts."""
        if self._followed.get(registry.scope) == registry.version:
            return
        if await self._source.current(registry.scope) == registry.version:
            await self._schedules.follow(registry)
            self._followed[registry.scope] = registry.version

    async def _schedule_of(self, scope: str, name: str) -> str | None:
        for pin in await self._code.pins(scope):
            if pin.scope != scope:
                continue
            registry = await self._code.registries.get(pin)
            if name in registry.workflows:
                return registry.workflows[name].schedule
            return None if registry.faults else ""
        return ""

    async def _start_due(self, due: Due) -> None:
        if self._served is not None and not await self._served(due.scope):
            return
        await self.execute(
            due.scope,
            due.workflow,
            {},
            caller="schedule",
            mode="async",
            key=due.key,
            trigger="schedule",
            scheduled_for=due.moment.isoformat(),
        )

    async def _obey(self) -> None:
        """End what others have asked this engine to end."""
        if self._executor.count:
            for execution in await self._engines.signals():
                self._executor.cancel(execution)

    async def _every(
        self, seconds: float, work: Callable[[], Awaitable[None]], *, at_once: bool = False
    ) -> None:
        while True:
            if not at_once:
                await asyncio.sleep(seconds * random.uniform(0.8, 1.0))  # noqa: S311 - spreads load
            at_once = False
            try:
                await work()
            except FuncyardError as fault:
                _log.warning("%s", fault)
            except Exception:  # noqa: BLE001 - one bad turn must not be the last
                _log.exception("something went wrong beside the executions")
