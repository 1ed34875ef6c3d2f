"""The engine: everything that the platform asks of workflows.

::

    caller ── execute ──┬── sync: a warm worker, a row, run, the row's end, answer     (calls.py)
                        └── async: a row, a message, answer
    queue ─── handle ───── the row, a warm worker, claim, run, the row's end           (queued.py)
    beside: the lease, signals, recovery, schedules                                    (beside.py)

What does all that is put together in parts.py. Several engines share one storage (storage.py); each
is a process. Code of workspaces runs in worker processes only.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from funcyard.errors import FuncyardError
from funcyard.workflows.beside import Beside
from funcyard.workflows.calls import Call
from funcyard.workflows.executions.model import Execution, now
from funcyard.workflows.limits import EngineLimits, PoolLimits, WorkerLimits
from funcyard.workflows.parts import Parts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from funcyard.azure.storage import StorageAccount
    from funcyard.workflows.declarations import Workflow
    from funcyard.workflows.executions.retention import Cleared
    from funcyard.workflows.registry import Registry
    from funcyard.workflows.schedules import Clock
    from funcyard.workflows.source import SnapshotSource

_log = logging.getLogger(__name__)


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

    Attributes:
        executions: What is known of them.
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
        self._limits = limits or EngineLimits()
        self._parts = Parts(
            account,
            source,
            scratch,
            workers=workers or WorkerLimits(),
            pool=pool or PoolLimits(),
            limits=self._limits,
            clock=clock,
            served=served,
        )
        self.executions = self._parts.executions
        self._beside = Beside()

    @property
    def id(self) -> str:
        """What its executions name as their owner."""
        return self._parts.storage.engines.own

    async def start(self) -> None:
        """Make what is missing in storage and begin to live.

        Raises:
            AzureFailedError: The storage refuses or cannot be reached.
        """
        parts, limits = self._parts, self._limits
        try:
            await parts.storage.open()
        except BaseException:
            parts.scratch.close()
            raise
        self._beside.every(limits.beat_seconds, parts.storage.engines.beat)
        self._beside.every(limits.beat_seconds, parts.cancelling.obey)
        self._beside.every(limits.recovery_seconds, parts.recovery.sweep, at_once=True)
        self._beside.every(limits.schedule_seconds, self.tick)

    async def close(self, drain_seconds: float = 0) -> None:
        """Stop: what runs may end within the time, what is cut off then goes to other engines.

        Safe to call twice.
        """
        parts = self._parts
        if parts.executor.stopping:
            return
        if drain_seconds:
            await parts.work.ended(drain_seconds)
        parts.executor.stopping = True
        await parts.code.pool.close()
        await parts.work.ended()
        await self._beside.close()
        try:
            await parts.storage.engines.leave()
        except FuncyardError as fault:
            _log.warning("%s", fault)
        await parts.storage.close()
        parts.scratch.close()

    async def published(self, scope: str) -> Registry | None:
        """Get to know a scope's version that counts now, and have a worker ready for it.

        To be called when a version was published; calling it again does nothing.
        """
        return await self._parts.scheduling.published(scope)

    async def follow_schedules(self, scope: str) -> None:
        """Bring a scope's schedules in line with its version that counts, whoever published it.

        To be called now and then; where nothing was published meanwhile it does next to nothing.

        Raises:
            FuncyardError: The storage failed, or no worker can be started.
        """
        await self._parts.scheduling.follow(scope)

    async def registries(self, organization: str) -> list[Registry]:
        """Return what an organisation may run: its own registry first, then everybody's."""
        pins = await self._parts.code.pins(organization)
        return [await self._parts.code.registries.get(pin) for pin in pins]

    async def packages_changed(self, view: str) -> datetime | None:
        """Return when packages were last installed beside a scope's files, None where none are.

        Args:
            view: What the scope's root is called in the view.
        """
        changed = await self._parts.code.packages_changed(view)
        return datetime.fromtimestamp(changed / 1e9, UTC) if changed else None

    async def workflow(self, organization: str, name: str) -> Workflow:
        """Return a workflow that an organisation may run; its own wins over everybody's.

        Raises:
            NoSuchWorkflowError: There is none of that name.
        """
        return (await self._parts.code.workflow(organization, name))[1]

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

        Raises:
            NoSuchWorkflowError: There is no such workflow.
            ParametersError: What was given does not fit.
            IdempotencyConflictError: The key was used for something else.
            EngineBusyError: No worker became free (``sync``).
            WorkerStartError: No worker can be started.
        """
        call = Call(organization, name, caller, given, mode, key, trigger)
        return await self._parts.calls.execute(call)

    async def handle(self, message: str) -> None:
        """Run what a message of the queue names, unless it is over, runs, or has to wait.

        Raises:
            MessageError: It names nothing.
            FuncyardError: The storage failed, or no worker can be started: to be tried again.
        """
        await self._parts.queued.handle(message)

    async def poisoned(self, message: str) -> None:
        """Record that the queue gave up on a message.

        Raises:
            MessageError: It names nothing.
        """
        await self._parts.queued.poisoned(message)

    async def cancel(self, organization: str, execution: str, caller: str) -> Execution:
        """End an execution: at once where it waits, else soon, wherever it runs.

        Raises:
            NoSuchExecutionError: The organisation has none of that id.
            AlreadyEndedError: It is over.
        """
        return await self._parts.cancelling.cancel(organization, execution, caller)

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
        return await self._parts.providers.options(organization, provider, given, caller)

    async def tick(self) -> None:
        """Start the schedules that are due (called every few seconds)."""
        await self._parts.scheduling.tick()

    async def recover(self) -> None:
        """Look after what other engines have lost (called every few seconds)."""
        await self._parts.recovery.sweep()

    async def clear_away(self, before: datetime, most: int) -> Cleared:
        """Clear away executions that ended before a moment: see :meth:`.Retention.run`.

        Safe beside whatever runs, and beside another engine that does the same.

        Args:
            before: The moment.
            most: How many executions of an organisation at most, and how many blobs.

        Raises:
            AzureFailedError: Storage refuses or cannot be reached.
        """
        organizations = await self._parts.storage.engines.organizations()
        return await self._parts.retention.run(organizations, before, most)
