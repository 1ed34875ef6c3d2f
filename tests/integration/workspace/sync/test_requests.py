"""What a push costs in requests, to Files, Blob and Table together."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import pytest
from azure.core.pipeline.transport import AioHttpTransport
from azure.data.tables.aio import TableServiceClient
from azure.storage.blob.aio import BlobServiceClient
from tests.integration.emulator.conftest import ACCOUNT, Files
from tests.integration.workspace.sources import Branch
from tests.integration.workspace.sync.conftest import view
from tests.integration.workspace.transport import Transport

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.editing import Editor
from funcyard.workspace.store.share import ShareStore
from funcyard.workspace.sync.engine import Workspace
from funcyard.workspace.versions.storage import Versions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from funcyard.workspace.scopes import Scope

CHANGED = 10


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
async def versions(connection: str, transport: Transport) -> AsyncIterator[list[Versions]]:
    """Two workers' versions: what one remembers the other does not know."""
    blobs = BlobServiceClient.from_connection_string(connection, transport=transport)
    tables = TableServiceClient.from_connection_string(connection, transport=transport)
    async with blobs, tables:
        yield [Versions(blobs, tables), Versions(blobs, tables)]


@pytest.fixture
async def store(
    files: Files, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ShareStore]:
    """A share, of which every request is counted with the others."""
    send = AioHttpTransport.send

    async def counted(self: AioHttpTransport, request: object, **rest: object) -> object:
        if not isinstance(self, Transport):
            transport.sent[request.method] += 1  # type: ignore[attr-defined]
        return await send(self, request, **rest)

    monkeypatch.setattr(AioHttpTransport, "send", counted)
    account = StorageAccount(name=ACCOUNT, endpoints={"file": files.url}, key=files.key)
    store = ShareStore(account, f"s{uuid.uuid4().hex}")
    yield store
    await store.close()


@pytest.fixture
def workspace(versions: list[Versions], store: ShareStore) -> Workspace:
    return Workspace(versions[0], store)


@pytest.fixture
def restarted(versions: list[Versions], store: ShareStore) -> Workspace:
    """The workspace as a worker has it that has just started."""
    return Workspace(versions[1], store)


async def test_ten_changed_files_of_a_thousand_cost_at_most_six_requests_each_and_ten(
    workspace: Workspace, restarted: Workspace, scope: Scope, transport: Transport
) -> None:
    branch = Branch()
    tree = {f"part{number % 20}/step{number}.py": os.urandom(2000) for number in range(1000)}
    branch.push(tree)
    await workspace.sync(scope, branch)
    for number in range(CHANGED):
        tree[f"part{number}/step{number}.py"] = os.urandom(2000)
    branch.push(tree)
    transport.sent.clear()

    result = await restarted.sync(scope, branch)

    assert result.changes.count == CHANGED
    # A file is looked at, written aside and renamed: what somebody else saved there is kept.
    assert transport.count <= 3 * CHANGED + 10, transport.sent
    shown = await view(workspace, scope)
    assert {path: content for path, content in shown.items() if content is not None} == tree


async def test_a_save_costs_at_most_eight_requests(
    workspace: Workspace, scope: Scope, transport: Transport
) -> None:
    async def never(_: Scope) -> bool:
        return False

    editor = Editor(workspace, never)
    await editor.put(scope, "a/b.py", b"one", by="ann")
    transport.sent.clear()

    await editor.put(scope, "a/b.py", b"two", by="ann")

    assert transport.count <= 8, transport.sent
