"""A storage account that Azure failed to make keeps nobody from making it whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests import local_azure
from tests.local_azure import SUBSCRIPTION

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Undecided, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.resources.blob_document import BlobDocument
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.storage_account import BlobContainer, StorageAccount

_NAME = "halfmadeaccount"


def _graph() -> Graph[Reach]:
    group = ResourceGroup.of("group", SUBSCRIPTION, _NAME, "westeurope")
    account = StorageAccount.of("account", group, _NAME, "westeurope")
    container = BlobContainer.of("container", account, "cold")
    return Graph([group, account, container, BlobDocument.of("told", container, "a.json", {})])


@asynccontextmanager
async def _engine(folder: Path, faults: str = "") -> AsyncIterator[Engine[Reach]]:
    """Serve the local Azure of a folder, and go on with what is deployed there."""
    service = local_azure.start(folder / "kept", "--scale", "1000", "--faults", faults)
    try:
        settings = service.settings
        async with reached(identity_of(settings), cloud_of(settings)) as reach:
            yield Engine(_NAME, reach, FolderStore(folder / "state", _NAME), REGISTRY)
    finally:
        service.end()


async def test_an_account_that_failed_is_made_whole_with_what_lies_in_it(tmp_path: Path) -> None:
    async with _engine(tmp_path, "late=1") as engine:
        report = await deploy(engine, _graph())
        assert report is not None
        assert set(report.failures()) == {"account"}

    async with _engine(tmp_path) as engine:
        assert (await plan(engine, _graph())).counts() == {
            Action.NONE: 1,
            Action.UPDATE: 1,
            Action.CREATE: 2,
        }
        found = await check(engine, _graph())
        assert isinstance(found["container"], Undecided)
        assert isinstance(found["told"], Undecided)

        report = await deploy(engine, _graph())
        assert report is not None
        assert report.is_good
        assert not (await plan(engine, _graph())).writes

        gone = await destroy(engine)
        assert gone is not None
        assert gone.is_good
