"""The row that says what is current, and the lease on it, on a real Azurite."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from azure.data.tables.aio import TableServiceClient
from tests.integration.workspace.transport import Transport, torn_at_random

from funcyard.azure.errors import AzureFailedError
from funcyard.azure.retries import table_retries
from funcyard.workspace.versions.lease import LeaseLostError, LeaseTerms, RowChangedError
from funcyard.workspace.versions.ledger import Ledger, WorkspaceBusyError
from funcyard.workspace.versions.name import VersionName
from funcyard.workspace.versions.state import State

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from funcyard.workspace.scopes import Scope

SHORT = LeaseTerms(seconds=2, renew_seconds=0.1, margin_seconds=0.1)
UNRENEWED = LeaseTerms(seconds=0.3, renew_seconds=60, margin_seconds=0.1)
ONE = VersionName(1, "a" * 64)
TWO = VersionName(2, "b" * 64)


@pytest.fixture
async def make(connection: str) -> AsyncIterator[Callable[..., Ledger]]:
    """Make ledgers, each with connections of its own, as workers have them."""
    async with AsyncExitStack() as stack:
        clients: list[TableServiceClient] = []

        def build(
            terms: LeaseTerms | None = None,
            transport: Transport | None = None,
            table: str = "WorkspaceVersions",
        ) -> Ledger:
            client = TableServiceClient.from_connection_string(
                connection, transport=transport or Transport(), **table_retries()
            )
            clients.append(client)
            stack.push_async_callback(client.close)
            return Ledger(client, terms=terms, table=table)

        yield build


async def test_a_scope_without_a_row_has_no_version_and_its_table_need_not_be_there(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    ledger = make(table=f"t{uuid.uuid4().hex[:12]}")

    assert await ledger.read(scope) == State(scope=scope)
    async with ledger.lease(scope) as lease:
        assert lease.fence == 1
    assert (await ledger.read(scope)).owner == ""


async def test_what_is_changed_under_a_lease_is_read_by_others(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    async with make().lease(scope) as lease:
        await lease.change(replace(lease.state, current=ONE, view_clean=False))
        seen = await make().read(scope)

    assert (seen.current, seen.view_clean, bool(seen.owner)) == (ONE, False, True)


async def test_a_lease_keeps_others_out_and_says_who_holds_it(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    async with make().lease(scope) as held:
        with pytest.raises(WorkspaceBusyError) as told:
            async with make().lease(scope):
                pass

    assert held.state.owner in told.value.message
    async with make().lease(scope) as later:
        assert later.fence == held.fence + 1


async def test_who_waits_gets_the_lease_when_it_is_given_up(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    ledger, order = make(), []

    async def work(mine: Ledger, number: int) -> None:
        async with mine.lease(scope, wait=30):
            order.append(number)
            await asyncio.sleep(0.02)
            order.append(number)

    await asyncio.gather(*(work(ledger if one % 2 else make(), one) for one in range(6)))

    assert order[::2] == order[1::2]
    assert sorted(order[::2]) == list(range(6))


async def test_in_one_process_who_does_not_wait_is_told_at_once(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    ledger = make()
    async with ledger.lease(scope):
        with pytest.raises(WorkspaceBusyError, match="another task"):
            async with ledger.lease(scope):
                pass


async def test_a_lease_is_renewed_as_long_as_its_holder_works(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    async with make(SHORT).lease(scope) as lease:
        await asyncio.sleep(2 * SHORT.seconds)
        lease.check()
        await lease.change(replace(lease.state, current=ONE))


async def test_a_renewal_keeps_what_was_published_meanwhile(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    ledger = make(LeaseTerms(seconds=60, renew_seconds=0.001, margin_seconds=1))
    async with ledger.lease(scope) as lease:
        for number in range(1, 30):
            await lease.change(replace(lease.state, current=VersionName(number, "c" * 64)))
            assert lease.state.current == VersionName(number, "c" * 64)

    assert (await ledger.read(scope)).current == VersionName(29, "c" * 64)


async def test_who_lost_the_lease_can_publish_nothing(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    slow, quick = make(UNRENEWED), make()

    async with slow.lease(scope) as lost:
        async with quick.lease(scope, wait=30) as lease:
            await lease.change(replace(lease.state, current=TWO))
        with pytest.raises(LeaseLostError):
            await lost.change(replace(lost.state, current=ONE))
        with pytest.raises(LeaseLostError):
            lost.check()

    state = await quick.read(scope)
    assert (state.current, state.fence) == (TWO, 2)


async def test_a_holder_that_could_not_renew_in_time_stops_by_itself(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    async with make(UNRENEWED).lease(scope) as lease:
        lease.check()
        await asyncio.sleep(UNRENEWED.seconds)
        with pytest.raises(LeaseLostError, match="ended"):
            lease.check()


async def test_an_answer_that_was_lost_is_told_from_a_lost_race(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    transport = Transport()
    ledger = make(transport=transport)
    torn_at_random(transport, 0.3, seed=11)

    for number in range(1, 15):
        async with ledger.lease(scope) as lease:
            await lease.change(replace(lease.state, current=VersionName(number, "d" * 64)))

    state = await make().read(scope)
    assert (state.current, state.fence) == (VersionName(14, "d" * 64), 14)


async def test_a_lease_that_is_cancelled_while_it_is_taken_is_given_up(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    transport = Transport()
    ledger = make(transport=transport)
    async with ledger.lease(scope):
        pass
    holder: list[asyncio.Task[None]] = []

    async def hold() -> None:
        async with ledger.lease(scope, wait=10):
            await asyncio.sleep(60)

    transport.before = lambda _: holder[0].cancel()
    holder.append(asyncio.create_task(hold()))
    with pytest.raises(asyncio.CancelledError):
        await holder[0]
    transport.before = None

    async with make().lease(scope) as lease:
        lease.check()


async def test_a_lease_whose_holder_is_cancelled_while_it_writes_is_given_up(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    transport = Transport()
    ledger = make(transport=transport)
    holder: list[asyncio.Task[None]] = []

    async def hold() -> None:
        async with ledger.lease(scope) as lease:
            transport.before = lambda _: holder[0].cancel()
            await lease.change(replace(lease.state, current=ONE))

    holder.append(asyncio.create_task(hold()))
    with pytest.raises(asyncio.CancelledError):
        await holder[0]
    transport.before = None

    async with make().lease(scope) as lease:
        assert lease.state.current == ONE


async def test_a_row_that_somebody_else_changed_is_not_changed(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    ledger = make()
    etag = await ledger.write(State(scope=scope), None)
    await ledger.write(State(scope=scope, current=ONE), etag)

    for old in (etag, None):
        with pytest.raises(RowChangedError):
            await ledger.write(State(scope=scope, current=TWO), old)

    assert (await ledger.read(scope)).current == ONE


async def test_storage_that_cannot_be_reached_is_told(
    make: Callable[..., Ledger], scope: Scope
) -> None:
    transport = Transport()
    torn_at_random(transport, 2, seed=1)
    ledger = make(transport=transport)

    with pytest.raises(AzureFailedError) as told:
        async with ledger.lease(scope):
            pass

    assert told.value.exit_code == 4
