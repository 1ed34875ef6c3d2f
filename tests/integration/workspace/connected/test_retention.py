"""Syncs that ended long ago are cleared away, and nothing that somebody may still ask for."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime, timedelta

import pytest
from tests.integration.workspace.connected.platform import Place, Platform, pushed
from tests.integration.workspace.git_repository import ServedRepository

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.jobs.model import Status, now
from funcyard.workspace.jobs.retention import JobRetention
from funcyard.workspace.jobs.table import NoSuchJobError
from funcyard.workspace.scopes import Scope
from funcyard.workspace.table import Table


async def synced(platform: Platform, scope: Scope, repository: ServedRepository) -> str:
    """Push and sync a commit."""
    commit = repository.commit({"a.py": uuid.uuid4().hex})
    await platform.deliver(scope, pushed(commit))
    await platform.work()
    return commit


async def pause() -> datetime:
    """Return a moment of its own: ids tell milliseconds."""
    await asyncio.sleep(0.005)
    moment = now()
    await asyncio.sleep(0.005)
    return moment


async def cleared(place: Place, scope: Scope, before: datetime, most: int = 100) -> int:
    account = StorageAccount.from_connection_string(place.connection)
    async with account.tables() as tables:
        return await JobRetention(tables, f"J{place.suffix}").run(scope, before, most)


async def kept(place: Place, scope: Scope) -> list[str]:
    """Every key of the scope's rows."""
    account = StorageAccount.from_connection_string(place.connection)
    async with account.tables() as tables:
        return [row["RowKey"] async for row in Table(tables, f"J{place.suffix}").rows(scope.name)]


async def test_what_ended_before_goes_with_the_reservation_of_its_commit(
    connected: Platform, scope: Scope, repository: ServedRepository, place: Place
) -> None:
    old = [await synced(connected, scope, repository) for _ in range(3)]
    moment = await pause()
    new = await synced(connected, scope, repository)

    assert await cleared(place, scope, moment) == 4, "the first sync among them"

    assert [job.commit for job in await connected.all_jobs(scope)] == [new]
    assert not [key for key in await kept(place, scope) if any(one in key for one in old)]
    for commit in old:
        with pytest.raises(NoSuchJobError):
            await connected.jobs.get(scope, commit)
    assert (await connected.jobs.get(scope, new)).status is Status.COMPLETED
    again = await connected.deliver(scope, pushed(new))
    assert not again.accepted, "what is kept is known still"


async def test_a_delivery_of_what_was_cleared_away_is_a_push_like_any_other(
    connected: Platform, scope: Scope, repository: ServedRepository, place: Place
) -> None:
    old = await synced(connected, scope, repository)
    await synced(connected, scope, repository)
    await cleared(place, scope, now() + timedelta(hours=1))
    assert (await connected.deliver(scope, pushed(old))).accepted
    await connected.work()
    assert (await connected.jobs.get(scope, old)).outcome == "unchanged"


async def test_what_waits_or_runs_and_the_last_sync_stay_however_old_they_are(
    connected: Platform, scope: Scope, repository: ServedRepository, place: Place
) -> None:
    last = await synced(connected, scope, repository)
    waits = repository.commit({"a.py": "waits"})
    await connected.deliver(scope, pushed(waits))
    before = await kept(place, scope)

    assert await cleared(place, scope, now() + timedelta(days=1)) == 1, "the first sync"

    assert {job.commit for job in await connected.all_jobs(scope)} == {last, waits}
    assert len(await kept(place, scope)) < len(before)
    await connected.work()
    assert (await connected.jobs.get(scope, waits)).status is Status.COMPLETED


async def test_a_run_does_so_much_and_two_at_once_do_no_harm(
    connected: Platform, scope: Scope, repository: ServedRepository, place: Place
) -> None:
    for _ in range(5):
        await synced(connected, scope, repository)
    moment = now() + timedelta(days=1)
    assert await cleared(place, scope, moment, 2) == 2
    await asyncio.gather(*(cleared(place, scope, moment) for _ in range(3)))
    assert len(await connected.all_jobs(scope)) == 1


async def test_a_commit_that_was_synced_again_since_keeps_its_reservation(
    connected: Platform, scope: Scope, repository: ServedRepository, place: Place
) -> None:
    commit = await synced(connected, scope, repository)
    moment = await pause()
    connection = await connected.connections.get(scope)
    newer = await connected.intake.request(connection, "resync", commit=commit)
    await connected.work()
    await cleared(place, scope, moment)
    assert (await connected.jobs.get(scope, commit)).id == newer
    assert f"q:{connection.id}:{commit}" in await kept(place, scope)
