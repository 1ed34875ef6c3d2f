"""Clears away what is not kept any longer: executions, syncs, and content that no version needs.

Each kind has its time and its bounds: what is left when they are reached waits for the next round.
What fails in one scope keeps no other from its turn, and who comes first is drawn.
"""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Protocol

from funcyard.errors import FuncyardError
from funcyard.workspace.jobs.retention import JobRetention
from funcyard.workspace.scopes import GLOBAL, Scope
from funcyard.workspace.versions.ledger import WorkspaceBusyError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from azure.data.tables.aio import TableServiceClient

    from funcyard.access.directory import Directory
    from funcyard.workflows.engine import Engine
    from funcyard.workspace.app_settings import Settings
    from funcyard.workspace.jobs.table import JobTable
    from funcyard.workspace.sync.engine import Workspace

MOST: Final = 2000
"""How many of a kind go at a time, in each scope."""

_SECONDS: Final = 90
"""How long each kind may take."""

_log = logging.getLogger("funcyard.platform")


class Services(Protocol):
    """What is needed of the platform."""

    @property
    def settings(self) -> Settings:
        """How long what is kept."""

    @property
    def tables(self) -> TableServiceClient:
        """Of the account."""

    @property
    def directory(self) -> Directory:
        """The organisations."""

    @property
    def jobs(self) -> JobTable:
        """Syncs."""

    @property
    def workspace(self) -> Workspace:
        """Versions."""

    @property
    def engine(self) -> Engine:
        """Executions."""


async def clear_away(services: Services, *, most: int = MOST, now: datetime | None = None) -> None:
    """Clear away a part of what is not kept any longer.

    Args:
        services: The platform's.
        most: How many of a kind at most, in each scope.
        now: The time, for tests.
    """
    moment = now or datetime.now(UTC)
    settings = services.settings
    syncs = JobRetention(services.tables)

    async def executions() -> None:
        await services.engine.clear_away(moment - settings.keep_executions, most)

    async def jobs() -> None:
        async def one(scope: Scope) -> None:
            await syncs.run(scope, moment - settings.keep_syncs, most)

        await _each(await services.jobs.scopes(), one)

    async def versions() -> None:
        async def one(scope: Scope) -> None:
            await services.workspace.collect(scope, grace=settings.keep_content, most=most)

        organisations = await services.directory.all()
        await _each((GLOBAL, *(Scope(each.id) for each in organisations)), one)

    for kind in (executions, jobs, versions):
        try:
            async with asyncio.timeout(_SECONDS):
                await kind()
        except TimeoutError:
            _log.info("clearing %s away takes long: the rest is for the next round", kind.__name__)
        except FuncyardError as fault:
            _log.warning("%s are not cleared away: %s", kind.__name__, fault.message)


async def _each(scopes: Iterable[Scope], work: Callable[[Scope], Awaitable[None]]) -> None:
    known = list(scopes)
    for scope in random.sample(known, len(known)):
        try:
            await work(scope)
        except WorkspaceBusyError:
            continue  # somebody works there: its turn comes
        except FuncyardError as fault:
            _log.warning("not all is cleared away in %s: %s", scope, fault.message)
