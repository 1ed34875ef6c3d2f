"""The stores: on a disk, on a mount with the manners of SMB, on a share of a real file service."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from tests.integration.emulator.conftest import ACCOUNT, Files, files, starting
from tests.smb_like import mounted

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.store.base import Store
from funcyard.workspace.store.directory import DirectoryStore
from funcyard.workspace.store.share import ShareStore

__all__ = ["files", "starting"]

_S = TypeVar("_S", bound=Store)


def account_of(service: Files, url: str | None = None) -> StorageAccount:
    """Return the account of a file service, reached at its own address or at another."""
    return StorageAccount(name=ACCOUNT, endpoints={"file": url or service.url}, key=service.key)


async def contents(store: Store) -> dict[str, bytes | None]:
    """Return everything that a store holds, None for folders."""
    found: dict[str, bytes | None] = {}
    async for item in store.walk():
        content = (
            None if item.is_directory else b"".join([part async for part in store.read(item.path)])
        )
        found[item.path] = content
    return found


async def fill(store: _S, tree: dict[str, bytes | None]) -> _S:
    """Write files, and folders where the content is None, in the order given."""
    for path, content in tree.items():
        if content is None:
            await store.make_directory(path)
        else:
            await store.write(path, content)
    return store


@pytest.fixture
def share_name() -> str:
    return f"s{uuid.uuid4().hex}"


@pytest.fixture
async def share(files: Files, share_name: str) -> AsyncIterator[ShareStore]:
    """A store on a share of its own."""
    store = ShareStore(account_of(files), share_name)
    await store.prepare()
    yield store
    await store.close()


@pytest.fixture
async def directory(tmp_path: Path) -> AsyncIterator[DirectoryStore]:
    """A store on a folder of a disk."""
    store = DirectoryStore(tmp_path / "workspace")
    await store.prepare()
    yield store
    await store.close()


@pytest.fixture
def smb_folder(tmp_path: Path) -> Iterator[Path]:
    """A mounted folder as SMB has it; the test is skipped where nothing can be mounted."""
    folder = tmp_path / "mount"
    folder.mkdir()
    with mounted(folder) as mount:
        if mount.fault:
            pytest.skip(f"no file system of our own: {mount.fault}")
        yield folder


@pytest.fixture
async def smb(smb_folder: Path) -> AsyncIterator[DirectoryStore]:
    """A store on a mount with the manners of SMB."""
    store = DirectoryStore(smb_folder)
    yield store
    await store.close()


@pytest.fixture(params=["directory", "smb", "share"])
def store(request: pytest.FixtureRequest) -> Store:
    """Each store in turn."""
    found: Store = request.getfixturevalue(request.param)
    return found
