"""The ledger: a row of Table Storage per scope that says which version is current.

Every change of a row is a compare-and-set by its ETag. A change whose answer was lost is recognised
by the mark that it carries, so a torn connection is told from a lost race.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import uuid
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from azure.core import MatchConditions
from azure.core.exceptions import (
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceResponseError,
)
from azure.data.tables import UpdateMode

from funcyard.azure.errors import azure_errors
from funcyard.errors import FuncyardError
from funcyard.workspace.versions.lease import Lease, LeaseTerms, RowChangedError
from funcyard.workspace.versions.row import ROW_KEY, entity_of, state_of
from funcyard.workspace.versions.state import NEVER, State

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from azure.data.tables.aio import TableClient, TableServiceClient

    from funcyard.workspace.scopes import Scope

TABLE: Final = "WorkspaceVersions"
"""The table's name, unless another is given."""

_CONFLICTS: Final = frozenset({409, 412})
_FIRST_PAUSE_SECONDS: Final = 0.05
_LONGEST_PAUSE_SECONDS: Final = 1.0


class WorkspaceBusyError(FuncyardError):
    """Another worker holds the workspace's lease, for longer than the caller would wait."""

    code = "workspace-busy"


@dataclass(frozen=True, slots=True)
class _Row:
    state: State
    etag: str | None
    change: str = ""


class Ledger:
    """The rows of all scopes.

    Args:
        service: The account's table service. The caller closes it.
        table: The table's name.
        terms: How long a lease lasts.
    """

    def __init__(
        self, service: TableServiceClient, *, table: str = TABLE, terms: LeaseTerms | None = None
    ) -> None:
        self._table: TableClient = service.get_table_client(table)
        self._terms = terms or LeaseTerms()
        self._turns: dict[Scope, asyncio.Lock] = {}
        self._left: dict[Scope, _Row] = {}

    async def read(self, scope: Scope) -> State:
        """Return what a scope's row says now; a scope without one has no version.

        Raises:
            LedgerError: The row is none that was written here.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        return (await self._read(scope)).state

    @asynccontextmanager
    async def lease(self, scope: Scope, *, wait: float = 0) -> AsyncGenerator[Lease]:
        """Hold a scope's lease: nobody else publishes in it meanwhile.

        It is renewed until the block is left. One whose holder died is taken over when it ends.

        Args:
            scope: Whose.
            wait: How many seconds to wait for it.

        Raises:
            WorkspaceBusyError: Somebody else holds it.
            LedgerError: The row is none that was written here.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        turn = self._turns.setdefault(scope, asyncio.Lock())
        deadline = monotonic() + wait
        try:
            async with asyncio.timeout(max(wait, 0.001)):
                await turn.acquire()
        except TimeoutError:
            raise _busy(scope, "another task of this process") from None
        try:
            row, start = await self._acquire(scope, deadline)
            lease = Lease(row.state, row.etag or "", start, self._terms, self.write)
            async with lease:
                yield lease
            if lease.released is not None:
                self._left[scope] = _Row(lease.state, lease.released)
        finally:
            turn.release()

    async def write(self, state: State, etag: str | None) -> str:
        """Change a row, if it still has that ETag; None makes it. Return its new ETag.

        Raises:
            RowChangedError: Somebody else changed it.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        change = uuid.uuid4().hex
        with azure_errors(f"changing the ledger's row of {state.scope}"):
            try:
                return await self._put(entity_of(state, change), etag)
            except (HttpResponseError, ServiceResponseError) as fault:
                row = await self._read(state.scope)
                if row.change == change and row.etag is not None:
                    return row.etag
                if isinstance(fault, HttpResponseError) and (
                    fault.status_code in _CONFLICTS or isinstance(fault, ResourceNotFoundError)
                ):
                    raise RowChangedError(state.scope) from fault
                raise

    async def _acquire(self, scope: Scope, deadline: float) -> tuple[_Row, float]:
        pause = _FIRST_PAUSE_SECONDS
        row = self._left.pop(scope, None) or await self._read(scope)
        while True:
            now, start = datetime.now(UTC), monotonic()
            if not row.state.owner or row.state.until <= now:
                taken = replace(
                    row.state,
                    owner=f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}",
                    until=now + timedelta(seconds=self._terms.seconds),
                    fence=row.state.fence + 1,
                )
                with suppress(RowChangedError):
                    return _Row(taken, await self._take(taken, row.etag)), start
            elif monotonic() >= deadline:
                raise _busy(scope, row.state.owner)
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  spreads load
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            row = await self._read(scope)

    async def _take(self, taken: State, etag: str | None) -> str:
        """Write the row; where the caller is cancelled meanwhile, give the lease up again."""
        writing = asyncio.ensure_future(self.write(taken, etag))
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            with suppress(FuncyardError):
                await self.write(replace(taken, owner="", until=NEVER), await writing)
            raise

    async def _read(self, scope: Scope) -> _Row:
        with azure_errors(f"reading the ledger's row of {scope}"):
            try:
                entity = await self._table.get_entity(scope.name, ROW_KEY)
            except ResourceNotFoundError:
                return _Row(State(scope=scope), None)
        return _Row(state_of(entity, scope), entity.metadata["etag"], str(entity.get("Change")))

    async def _put(self, entity: dict[str, Any], etag: str | None) -> str:
        if etag is None:
            try:
                made = await self._table.create_entity(entity)
            except ResourceNotFoundError:
                with suppress(ResourceExistsError):
                    await self._table.create_table()
                made = await self._table.create_entity(entity)
        else:
            made = await self._table.update_entity(
                entity,
                mode=UpdateMode.REPLACE,
                etag=etag,
                match_condition=MatchConditions.IfNotModified,
            )
        return str(made["etag"])


def _busy(scope: Scope, owner: str) -> WorkspaceBusyError:
    return WorkspaceBusyError(
        f"the workspace of {scope} is being changed by {owner}", hint="try again in a moment"
    )
