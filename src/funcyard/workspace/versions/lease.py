"""A scope's lease: held by one worker, renewed while it works, fenced when it is lost.

The lease lasts a minute and is renewed every twenty seconds. Who could not renew it stops ten
seconds before it ends, so clocks may differ by that much; whoever goes on regardless, paused at the
wrong moment, finds the row changed and can publish nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Self

from funcyard.errors import FuncyardError
from funcyard.workspace.versions.state import NEVER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.versions.state import State


class LeaseLostError(FuncyardError):
    """The lease ended while its holder worked: another worker may have the workspace now."""

    code = "workspace-lease-lost"


class RowChangedError(FuncyardError):
    """Somebody else changed the row in the meantime."""

    code = "workspace-changed-meanwhile"

    def __init__(self, scope: Scope) -> None:
        super().__init__(f"the ledger's row of {scope} was changed by another worker")


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """How long a lease lasts.

    Attributes:
        seconds: From each renewal.
        renew_seconds: How often it is renewed.
        margin_seconds: How long before its end its holder stops.
    """

    seconds: float = 60
    renew_seconds: float = 20
    margin_seconds: float = 10


class Lease:
    """A lease that was acquired; ``async with`` it renews it and gives it up at the end.

    Args:
        state: The row as it was written when the lease was acquired.
        etag: The row's.
        start: ``monotonic()`` before that.
        terms: How long it lasts.
        write: Changes the row: :meth:`~funcyard.workspace.versions.ledger.Ledger.write`.
    """

    def __init__(
        self,
        state: State,
        etag: str,
        start: float,
        terms: LeaseTerms,
        write: Callable[[State, str], Awaitable[str]],
    ) -> None:
        self.state = state
        self.released: str | None = None
        """The row's ETag after the lease was given up; None as long as it was not."""
        self._etag = etag
        self._terms = terms
        self._write = write
        self._lost = False
        self._ends = start + terms.seconds - terms.margin_seconds
        self._changing = asyncio.Lock()
        self._ending = asyncio.Event()
        self._renewing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._renewing = asyncio.create_task(self._renew())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ending.set()
        if self._renewing is not None:
            await self._renewing
        if self.released is None and not self._lost:
            # What is not given up ends by itself.
            with contextlib.suppress(FuncyardError):
                await self.change(done=True)

    @property
    def fence(self) -> int:
        """Counts the leases of the scope: a later one's is greater."""
        return self.state.fence

    def check(self) -> None:
        """Make sure that the lease is still held.

        Raises:
            LeaseLostError: It is not.
        """
        if self._lost or self.released is not None or monotonic() >= self._ends:
            raise LeaseLostError(
                f"the lease of {self.state.scope} ended while it was being worked on",
                hint="whoever comes next finishes the work",
            )

    async def change(self, state: State | None = None, *, done: bool = False) -> None:
        """Write the row, which renews the lease, or gives it up where all is done.

        A change that has begun is finished, also where the caller is cancelled meanwhile.

        Args:
            state: What the row shall say, None for what it says; who holds the lease and how long
                is filled in.
            done: Whether to give the lease up in the same step.

        Raises:
            LeaseLostError: The lease was lost, and the row is untouched.
            AzureFailedError: Storage refuses or cannot be reached.
        """
        await asyncio.shield(asyncio.ensure_future(self._change(state, done=done)))

    async def _change(self, state: State | None, *, done: bool) -> None:
        async with self._changing:
            if self._lost or self.released is not None:
                self.check()
            start = monotonic()
            until = datetime.now(UTC) + timedelta(seconds=self._terms.seconds)
            state = replace(
                state or self.state,
                owner="" if done else self.state.owner,
                until=NEVER if done else until,
                fence=self.state.fence,
            )
            try:
                self._etag = await self._write(state, self._etag)
            except RowChangedError:
                self._lost = True
                self.check()
            self.state = state
            self._ends = start + self._terms.seconds - self._terms.margin_seconds
            if done:
                self.released = self._etag

    async def _renew(self) -> None:
        while not self._lost and self.released is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._terms.renew_seconds):
                    await self._ending.wait()
            if self._ending.is_set():
                return
            # Where storage cannot be reached, the next try may; if none does, the lease ends.
            with contextlib.suppress(FuncyardError):
                await self.change()
