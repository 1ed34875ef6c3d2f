"""From a scope's name to a warm worker with its code: versions, registries, pool in one place."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

from funcyard.workflows.errors import NoSuchWorkflowError
from funcyard.workflows.installed import Installed
from funcyard.workflows.pool.pin import Pin
from funcyard.workflows.pool.pool import Pool
from funcyard.workflows.pool.process import WorkerProcess
from funcyard.workflows.registry import Registries, Registry
from funcyard.workflows.source import GLOBAL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from funcyard.workflows.declarations import DataProvider, Workflow
    from funcyard.workflows.executions.payloads import Payloads
    from funcyard.workflows.limits import PoolLimits, WorkerLimits
    from funcyard.workflows.pool.compiled import CompiledCode
    from funcyard.workflows.pool.scratch import Scratch
    from funcyard.workflows.source import SnapshotSource

_DISCOVERIES = 2
"""How many versions are looked through at the same time, besides the pool's workers."""


class Code:
    """The code that organisations may run, at the versions that count now.

    Args:
        source: Where versions come from.
        scratch: Temporary folders for workers.
        compiled: Where compiled code is kept for them.
        payloads: Where registries are kept.
        workers: What a worker may do.
        pool: How many workers there may be.
        found: Told every registry when this engine meets it first.
    """

    def __init__(
        self,
        source: SnapshotSource,
        scratch: Scratch,
        compiled: CompiledCode,
        payloads: Payloads,
        *,
        workers: WorkerLimits,
        pool: PoolLimits,
        found: Callable[[Registry], Awaitable[None]],
    ) -> None:
        self._source = source
        self._scratch = scratch
        self._compiled = compiled
        self._limits = workers
        self._tell = found
        self._installed = Installed()
        self._looking = asyncio.Semaphore(_DISCOVERIES)
        self.pool = Pool(pool, self._start)
        self.registries = Registries(payloads, self._discover, self._found)

    async def pins(self, organization: str) -> list[Pin]:
        """Return what an organisation's code is pinned to now: its own first, then everybody's."""
        scopes = [organization] if organization == GLOBAL else [organization, GLOBAL]
        found = await asyncio.gather(*(self._pin(organization, scope) for scope in scopes))
        return [pin for pin in found if pin is not None]

    async def workflow(self, organization: str, name: str) -> tuple[Pin, Workflow]:
        """Return a workflow and where it comes from; the organisation's own wins.

        Raises:
            NoSuchWorkflowError: There is none of that name.
        """
        for pin in await self.pins(organization):
            registry = await self.registries.get(pin)
            if name in registry.workflows:
                return pin, registry.workflows[name]
        raise NoSuchWorkflowError(
            f"{organization} has no workflow {name[:100]}",
            hint="look at the faults of the version: its file may not load",
        )

    async def provider(self, organization: str, name: str) -> tuple[Pin, DataProvider]:
        """Return a data provider and where it comes from; the organisation's own wins.

        Raises:
            NoSuchWorkflowError: There is none of that name.
        """
        for pin in await self.pins(organization):
            registry = await self.registries.get(pin)
            if name in registry.providers:
                return pin, registry.providers[name]
        raise NoSuchWorkflowError(f"{organization} has no data provider {name[:100]}")

    async def packages_changed(self, view: str) -> int:
        """Return when packages were last installed beside a scope's files in the view."""
        return await self._installed.changed(view)

    async def _pin(self, organization: str, scope: str) -> Pin | None:
        version = await self._source.current(scope)
        if version is None:
            return None
        folder, view = await self._source.materialise(scope, version)
        root = view.rstrip("/")
        packages = await self.packages_changed(root)
        return Pin(organization, scope, version, folder, root, packages)

    async def _start(self, pin: Pin) -> WorkerProcess:
        """Start a worker that imports only what declares something, where that is known."""
        registry = self.registries.known(pin)
        files = None if registry is None else registry.files
        return await WorkerProcess.start(
            pin, self._limits, self._folder(), self._compiled, files=files
        )

    async def _discover(self, pin: Pin, skipped: Sequence[str]) -> WorkerProcess:
        async with self._looking:
            return await WorkerProcess.start(
                pin, self._limits, self._folder(), self._compiled, skipped=skipped
            )

    async def _found(self, registry: Registry, worker: WorkerProcess | None) -> None:
        if worker is not None:
            self.pool.add(worker)
        await self._tell(registry)

    def _folder(self) -> Path:
        return self._scratch.make(uuid.uuid4().hex)
