"""A Cosmos DB account with a database and a container, deployed to the local Azure."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from azure.cosmos import CosmosClient
from azure.mgmt.cosmosdb import CosmosDBManagementClient
from tests import local_azure
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Drifted, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.resources.cosmos_account import CosmosAccount
from funcyard.deploy.resources.cosmos_container import CosmosContainer
from funcyard.deploy.resources.cosmos_database import CosmosDatabase
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.resource_group import ResourceGroup

_WEST = "westeurope"
pytestmark = pytest.mark.filterwarnings("ignore:Unverified HTTPS request")


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """A local Azure whose work takes next to no time."""
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    yield service
    service.end()


@pytest.fixture
async def reach(azure: LocalAzure) -> AsyncIterator[Reach]:
    settings = azure.settings
    async with reached(identity_of(settings), cloud_of(settings)) as found:
        yield found


class Made:
    """A stack of its own in that Azure."""

    def __init__(self, reach: Reach, folder: Path) -> None:
        self.name = f"s{uuid.uuid4().hex[:12]}"
        self.engine = Engine(self.name, reach, FolderStore(folder, self.name), REGISTRY)

    def graph(self, *, key: str = "/device", ttl: int | None = 3600) -> Graph[Reach]:
        group = ResourceGroup.of("setup.group", SUBSCRIPTION, self.name, _WEST)
        account = CosmosAccount.of("l3.account", group, self.name, _WEST)
        database = CosmosDatabase.of("l3.database", account, "twin")
        hot = CosmosContainer.of("l3.hot", database, "hot", key, ttl=ttl)
        return Graph([group, account, database, hot])

    async def deployed(self, graph: Graph[Reach]) -> None:
        report = await deploy(self.engine, graph)
        assert report is not None
        assert report.failures() == {}


@pytest.fixture
def made(reach: Reach, tmp_path: Path) -> Made:
    return Made(reach, tmp_path / "state")


def manager_tells(azure: LocalAzure, name: str) -> str | None:
    """Return the address of an account, as Microsoft's client reads it."""
    found = azure.client(CosmosDBManagementClient).database_accounts.get(name, name)
    return str(found.document_endpoint)


async def test_a_container_is_made_opened_and_taken_away(made: Made, azure: LocalAzure) -> None:
    graph = made.graph()
    await made.deployed(graph)
    account = graph.resources["l3.account"]
    names = frozenset({"key", "connection_string"})
    secrets = await account.secrets(made.engine.cloud, names)

    client = CosmosClient.from_connection_string(secrets["connection_string"], retry_total=0)
    hot = client.get_database_client("twin").get_container_client("hot")
    hot.create_item({"id": "1", "device": "d1"})
    assert hot.read_item("1", "d1")["device"] == "d1"
    assert hot.read()["defaultTtl"] == 3600
    observed = await account.read(made.engine.cloud)
    assert observed is not None
    told = account.outputs(observed)
    assert told["endpoint"] == manager_tells(azure, made.name)

    assert (await plan(made.engine, made.graph())).counts() == {Action.NONE: 4}
    gone = await destroy(made.engine)
    assert gone is not None
    assert gone.failures() == {}
    manager = azure.client(CosmosDBManagementClient)
    assert manager.database_accounts.check_name_exists(made.name) is False


async def test_a_changed_time_to_live_is_told_and_mended(made: Made, azure: LocalAzure) -> None:
    await made.deployed(made.graph())
    checked = await check(made.engine, made.graph(ttl=60))
    drifted = checked["l3.hot"]
    assert isinstance(drifted, Drifted)
    assert [one.path[-1] for one in drifted.differences] == ["defaultTtl"]

    await made.deployed(made.graph(ttl=60))
    resources = azure.client(CosmosDBManagementClient).sql_resources
    shown = resources.get_sql_container(made.name, made.name, "twin", "hot").properties
    assert shown is not None
    assert shown.resource is not None
    assert shown.resource.default_ttl == 60
    assert (await destroy(made.engine)) is not None


async def test_another_partition_key_needs_another_container(made: Made) -> None:
    await made.deployed(made.graph())
    planned = await plan(made.engine, made.graph(key="/site"))
    assert planned.counts() == {Action.NONE: 3, Action.REPLACE: 1}
    await made.deployed(made.graph(key="/site"))
    assert (await plan(made.engine, made.graph(key="/site"))).counts() == {Action.NONE: 4}
    assert (await destroy(made.engine)) is not None
