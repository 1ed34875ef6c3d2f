"""What is no longer kept is cleared away by the app, of every kind, on a real Azurite."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from azure.data.tables.aio import TableServiceClient
from tests.integration.workflows.platform import HEAD
from tests.integration.workflows.platform import Platform as Workflows

from funcyard.access.directory import Directory
from funcyard.access.principal import ADMIN, Principal
from funcyard.azure.storage import StorageAccount
from funcyard.workflows.engine import Engine
from funcyard.workflows.errors import NoSuchExecutionError
from funcyard.workspace import app_settings
from funcyard.workspace.editing import Editor
from funcyard.workspace.jobs.model import Job, Status
from funcyard.workspace.jobs.table import JobTable
from funcyard.workspace.scopes import Scope
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.storage import Versions

APP = Path(__file__).parents[3] / "workflows"

if TYPE_CHECKING:
    import retention
else:
    sys.path.insert(0, str(APP))  # as the Functions worker has it
    try:
        import retention
    finally:
        sys.path.remove(str(APP))

BOSS = Principal("boss", "tenant", "Boss", frozenset({ADMIN}))
CODE = f"{HEAD}@workflow(execution_mode='sync')\ndef one():\n    return 1\n"


@dataclass
class Here:
    """What the app has of its services."""

    settings: app_settings.Settings
    tables: TableServiceClient
    directory: Directory
    jobs: JobTable
    workspace: Workspace
    engine: Engine
    workflows: Workflows
    scope: Scope

    async def executed(self) -> str:
        """Execute a workflow and return the execution's id."""
        return (await self.workflows.run(self.engine, "one")).id

    async def synced(self) -> str:
        """Have a sync that is over, and return its id."""
        job = Job(scope=self.scope, connection="c", reason="push", repository="", branch="main")
        await self.jobs.add(job)
        record = await self.jobs.find(self.scope, job.id)
        assert record is not None
        ended = {"status": Status.COMPLETED, "completed_at": datetime.now(UTC)}
        await self.jobs.change(record, **ended)
        return job.id

    async def stored(self) -> set[str]:
        """The blobs of the scope's versions."""
        container = self.workspace.versions.container.client
        return {blob.name async for blob in container.list_blobs(self.scope.root + "/")}


async def never(_: Scope) -> bool:
    return False


@pytest.fixture
async def here(connection: str, tmp_path: Path) -> AsyncIterator[Here]:
    account = StorageAccount.from_connection_string(connection)
    async with AsyncExitStack() as stack:
        tables = await stack.enter_async_context(account.tables())
        blobs = await stack.enter_async_context(account.blobs())
        workflows = Workflows(connection, tmp_path)
        stack.push_async_callback(workflows.close)
        directory, scope = Directory(tables), Scope(workflows.org)
        await directory.provision()
        await directory.create(scope.name, "Test", by=BOSS)
        store = DirectoryStore(tmp_path / "view")
        stack.push_async_callback(store.close)
        workflows.publish(CODE)
        yield Here(
            app_settings.Settings.of({}),
            tables,
            directory,
            JobTable(tables),
            Workspace(Versions(blobs, tables), store),
            await workflows.engine(),
            workflows,
            scope,
        )


async def test_nothing_goes_before_its_time(here: Here) -> None:
    execution, sync = await here.executed(), await here.synced()
    await Editor(here.workspace, never).put(here.scope, "a.txt", b"1", by="ann")
    await Editor(here.workspace, never).put(here.scope, "a.txt", b"2", by="ann")
    before = await here.stored()
    soon = datetime.now(UTC) + timedelta(days=89)
    await retention.clear_away(here, now=soon)
    assert (await here.engine.executions.get(here.scope.name, execution)).id == execution
    assert (await here.jobs.get(here.scope, sync)).id == sync
    assert await here.stored() == before


async def test_what_is_past_its_time_goes_and_what_counts_stays(here: Here) -> None:
    execution = await here.executed()
    old, last = await here.synced(), await here.synced()
    for number in range(6):
        content = str(number).encode()
        await Editor(here.workspace, never).put(here.scope, "a.txt", content, by="ann")
    before = await here.stored()
    here.settings = replace(here.settings, keep_content=timedelta(0))
    later = datetime.now(UTC) + timedelta(days=91)

    await retention.clear_away(here, now=later)

    with pytest.raises(NoSuchExecutionError):
        await here.engine.executions.get(here.scope.name, execution)
    page = await here.jobs.page(here.scope)
    assert [one.id for one in page.jobs] == [last], f"{old} went"
    assert len(await here.stored()) < len(before)
    current = await here.workspace.versions.current(here.scope)
    assert current is not None
    sha256 = current[1].files["a.txt"].sha256
    assert await here.workspace.versions.contents.one(current[1], sha256) == b"5"


async def test_a_scope_in_which_somebody_works_waits_for_the_next_round(here: Here) -> None:
    for number in range(6):
        content = str(number).encode()
        await Editor(here.workspace, never).put(here.scope, "a.txt", content, by="ann")
    here.settings = replace(here.settings, keep_content=timedelta(0))
    before = await here.stored()
    async with here.workspace.session(here.scope):
        await retention.clear_away(here)
        assert await here.stored() == before
    await retention.clear_away(here)
    assert len(await here.stored()) < len(before)
