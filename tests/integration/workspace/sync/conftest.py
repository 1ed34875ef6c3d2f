"""A workspace on a real Azurite, with its view in a folder or on a share."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from tests.integration.emulator.conftest import ACCOUNT, Files, files

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.store.share import ShareStore
from funcyard.workspace.sync.engine import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from funcyard.workspace.scopes import Scope
    from funcyard.workspace.store.base import Store
    from funcyard.workspace.versions.storage import Versions

__all__ = ["files"]


@pytest.fixture(params=["directory", "share"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Where the view is."""
    if request.param == "directory":
        directory = DirectoryStore(tmp_path / "workspace")
        yield directory
        await directory.close()
        return
    service: Files = request.getfixturevalue("files")
    account = StorageAccount(name=ACCOUNT, endpoints={"file": service.url}, key=service.key)
    share = ShareStore(account, f"s{uuid.uuid4().hex}")
    yield share
    await share.close()


@pytest.fixture
def workspace(versions: Versions, store: Store) -> Workspace:
    return Workspace(versions, store)


async def view(workspace: Workspace, scope: Scope) -> dict[str, bytes | None]:
    """Everything that a scope's root holds, None for folders."""
    found: dict[str, bytes | None] = {}
    async for item in workspace.store.walk(scope.root):
        path = item.path.removeprefix(scope.root).strip("/")
        if path:
            read = workspace.store.read(item.path)
            found[path] = None if item.is_directory else b"".join([part async for part in read])
    return found


async def version(workspace: Workspace, scope: Scope) -> dict[str, bytes | None]:
    """Everything that the current version holds, None for folders."""
    current = await workspace.versions.current(scope)
    assert current is not None
    manifest = current[1]
    found: dict[str, bytes | None] = dict.fromkeys(manifest.folders())
    for path, file in manifest.files.items():
        found[path] = await workspace.versions.contents.one(manifest, file.sha256)
    return found
