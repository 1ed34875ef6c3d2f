"""A Grafana with a data source and a dashboard, deployed to the local Azure."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests import local_azure
from tests.integration.emulator.grafanas import Grafana as Client
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.azure.principal import principal_of
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Drifted, Present, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine, Limits
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.refs import Given, Properties
from funcyard.deploy.resources.grafana import ADMIN, Grafana
from funcyard.deploy.resources.grafana_dashboard import GrafanaDashboard
from funcyard.deploy.resources.grafana_data_source import GrafanaDataSource
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.role_assignment import RoleAssignment

_WEST = "westeurope"
_TOKEN = "hidden-word"  # noqa: S105 - looked for in what is kept

_LIMITS = Limits(first_pause=0.05, first_look=0.02)  # as short as the work here is


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    location = tmp_path_factory.mktemp("azure") / "kept"
    service = local_azure.start(location, "--scale", "1000")
    yield service
    service.end()


@pytest.fixture
async def reach(azure: LocalAzure) -> AsyncIterator[Reach]:
    settings = azure.settings
    async with reached(identity_of(settings), cloud_of(settings)) as found:
        yield found


class Made:
    """A stack of its own in that Azure."""

    def __init__(self, reach: Reach, folder: Path, principal: str) -> None:
        self.name = f"g{uuid.uuid4().hex[:12]}"
        self.folder = folder
        self.principal = principal
        store = FolderStore(folder, self.name)
        self.engine = Engine(self.name, reach, store, REGISTRY, limits=_LIMITS)

    def graph(self, *, token: str = _TOKEN, title: str = "Rooms") -> Graph[Reach]:
        group = ResourceGroup.of("setup.group", SUBSCRIPTION, self.name, _WEST)
        grafana = Grafana.of("l5.grafana", group, self.name, _WEST)
        role = RoleAssignment.to("l5.role", grafana, ADMIN, self.principal)
        source = GrafanaDataSource.of(
            "l5.readings",
            grafana,
            "readings",
            name="Readings",
            plugin="marcusolsson-json-datasource",
            url="https://127.0.0.1:1/api/hot-reader",
            data={"httpHeaderName1": "X-Inter-Cloud-Token"},
            secrets={"httpHeaderValue1": Given("token", token)},
            after=["l5.role"],
        )
        panel: Properties = {"title": "Temperature", "datasource": {"uid": source.id}}
        document: Properties = {"title": title, "panels": [panel]}
        dashboard = GrafanaDashboard.of(
            "l5.rooms", grafana, "rooms", document, after=["l5.readings"]
        )
        return Graph([group, grafana, role, source, dashboard])

    def client(self, azure: LocalAzure) -> Client:
        identity = self.graph().resources["l5.grafana"].identity
        _, _, told = azure.call("GET", identity, version="2023-09-01")
        return Client(azure, told["properties"]["endpoint"])


@pytest.fixture
async def made(reach: Reach, tmp_path: Path) -> Made:
    principal = await principal_of(reach.credential, reach.cloud)
    return Made(reach, tmp_path / "state", principal)


async def _deploy(made: Made, graph: Graph[Reach]) -> None:
    report = await deploy(made.engine, graph)
    assert report is not None
    assert report.failures() == {}


async def test_a_grafana_is_furnished_found_the_same_and_taken_away(
    made: Made, azure: LocalAzure
) -> None:
    await _deploy(made, made.graph())
    assert (await plan(made.engine, made.graph())).counts() == {Action.NONE: 5}
    client = made.client(azure)
    _, source = client.call("GET", "/api/datasources/uid/readings")
    assert source["secureJsonFields"] == {"httpHeaderValue1": True}
    _, shown = client.call("GET", "/api/dashboards/uid/rooms")
    assert (shown["dashboard"]["title"], shown["meta"]["version"]) == ("Rooms", 1)
    client.close()
    kept = b"".join(one.read_bytes() for one in made.folder.rglob("*") if one.is_file())
    assert _TOKEN.encode() not in kept
    gone = await destroy(made.engine)
    assert gone is not None
    assert gone.failures() == {}


async def test_what_is_changed_behind_its_back_is_told_and_mended(
    made: Made, azure: LocalAzure
) -> None:
    await _deploy(made, made.graph())
    client = made.client(azure)
    source = {"name": "Readings", "type": "marcusolsson-json-datasource", "url": "https://other"}
    assert client.call("PUT", "/api/datasources/uid/readings", source)[0] == 200
    assert client.call("DELETE", "/api/dashboards/uid/rooms")[0] == 200
    checked = await check(made.engine, made.graph())
    drifted = checked["l5.readings"]
    assert isinstance(drifted, Drifted)
    assert [str(one).partition(":")[0] for one in drifted.differences] == [
        "url",
        "jsonData.httpHeaderName1",
    ]
    await _deploy(made, made.graph(title="All rooms"))
    assert set((await check(made.engine, made.graph(title="All rooms"))).values()) == {Present()}
    _, mended = client.call("GET", "/api/datasources/uid/readings")
    assert mended["url"] == "https://127.0.0.1:1/api/hot-reader"
    client.close()
    await destroy(made.engine)


async def test_another_secret_is_written_though_grafana_shows_none(made: Made) -> None:
    await _deploy(made, made.graph())
    planned = await plan(made.engine, made.graph(token="another"))  # noqa: S106
    assert planned.counts() == {Action.NONE: 4, Action.UPDATE: 1}
    assert "another" not in str(planned)
    await destroy(made.engine)
