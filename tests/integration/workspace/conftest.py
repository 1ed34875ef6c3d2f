"""A real Azurite, and the storage of versions on it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.scopes import Scope
from funcyard.workspace.versions.lease import LeaseTerms
from funcyard.workspace.versions.storage import Versions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def account(connection: str) -> StorageAccount:
    return StorageAccount.from_connection_string(connection)


@pytest.fixture
async def versions(account: StorageAccount) -> AsyncIterator[Versions]:
    """Versions whose leases last long enough not to be lost on a busy machine."""
    async with account.blobs() as blobs, account.tables() as tables:
        yield Versions(blobs, tables, terms=LeaseTerms())


@pytest.fixture
def scope() -> Scope:
    """A scope nobody else uses."""
    return Scope(f"t{uuid.uuid4().hex[:16]}")
