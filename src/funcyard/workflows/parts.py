"""The parts of an engine: each built once, of those before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.workflows.calls import Calls
from funcyard.workflows.cancelling import Cancelling
from funcyard.workflows.code import Code
from funcyard.workflows.executions.retention import Retention
from funcyard.workflows.executor import Executor
from funcyard.workflows.following import Following
from funcyard.workflows.pool.compiled import CompiledCode
from funcyard.workflows.pool.scratch import Scratch
from funcyard.workflows.providers import Providers
from funcyard.workflows.queued import Queued
from funcyard.workflows.reading import Reading
from funcyard.workflows.recovery import Recovery
from funcyard.workflows.scheduling import Scheduling
from funcyard.workflows.storage import Storage
from funcyard.workflows.work import Work

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from funcyard.azure.storage import StorageAccount
    from funcyard.workflows.limits import EngineLimits, PoolLimits, WorkerLimits
    from funcyard.workflows.schedules import Clock
    from funcyard.workflows.source import SnapshotSource


class Parts:
    """What an engine is made of; see :class:`~funcyard.workflows.engine.Engine` for its values.

    Attributes:
        scratch: Temporary folders of workers.
        storage: Its tables, queue and blobs.
        code: What may be run, and workers that have it.
        executor: Runs what was claimed.
        work: What runs now.
        executions: What is known of executions.
        calls: Executes what is asked for.
        queued: Executes what messages name.
        cancelling: Ends executions, wherever they run.
        scheduling: Starts what is due.
        recovery: Looks after what other engines have lost.
        retention: Clears away what ended long ago.
        providers: Offers what data providers yield.
    """

    def __init__(
        self,
        account: StorageAccount,
        source: SnapshotSource,
        scratch: Path,
        *,
        workers: WorkerLimits,
        pool: PoolLimits,
        limits: EngineLimits,
        clock: Clock,
        served: Callable[[str], Awaitable[bool]] | None,
    ) -> None:
        self.scratch = Scratch(scratch)
        self.storage = storage = Storage(account, limits.lease_seconds, clock)
        self.retention = Retention(storage.table, storage.payloads, source.current)
        following = Following(storage.schedules, source)
        self.code = Code(
            source,
            self.scratch,
            CompiledCode(scratch / "compiled"),
            storage.payloads,
            workers=workers,
            pool=pool,
            found=following.met,
        )
        self.executor = Executor(
            storage.store, storage.payloads, storage.messages, workers.longest_log
        )
        self.work = Work(self.executor)
        self.calls = Calls(
            storage,
            self.code,
            self.executor,
            self.work,
            patience_seconds=pool.patience_seconds,
            longest_input=limits.longest_input,
        )
        self.queued = Queued(storage, self.code, self.executor, self.work)
        self.cancelling = Cancelling(storage, self.executor)
        self.scheduling = Scheduling(
            storage.schedules, following, self.code, self.calls.execute, served
        )
        self.recovery = Recovery(
            storage.store,
            storage.listing,
            storage.engines,
            storage.messages,
            limits.losses,
            self.executor.holds,
        )
        self.executions = Reading(storage, self.executor)
        self.providers = Providers(self.code, pool.patience_seconds)
