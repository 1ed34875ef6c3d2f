"""A workflow of Logic Apps, deployed to the local Azure: made, called, mended, taken away."""

from __future__ import annotations

import http.client
import ssl
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests import local_azure
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Drifted, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine, Limits
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.refs import Properties
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.logic_app import LogicApp
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.resource_group import ResourceGroup

_LIMITS = Limits(first_pause=0.05, first_look=0.02)  # as short as the work here is


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    location = tmp_path_factory.mktemp("azure") / "kept"
    service = local_azure.start(location, "--scale", "1000")
    yield service
    service.end()


@pytest.fixture
async def engine(azure: LocalAzure, tmp_path: Path) -> AsyncIterator[Engine[Reach]]:
    settings = azure.settings
    name = f"w{uuid.uuid4().hex[:12]}"
    async with reached(identity_of(settings), cloud_of(settings)) as reach:
        store = FolderStore(tmp_path / "state", name)
        yield Engine(name, reach, store, REGISTRY, limits=_LIMITS)


def _graph(engine: Engine[Reach], told: str = "notified") -> Graph[Reach]:
    group = ResourceGroup.of("setup.group", SUBSCRIPTION, engine.stack, "westeurope")
    respond: Properties = {"type": "Response", "inputs": {"statusCode": 200, "body": told}}
    actions: Properties = {"respond": respond}
    return Graph([group, LogicApp.of("l2.notify", group, "notify", "westeurope", actions)])


async def _called(engine: Engine[Reach], azure: LocalAzure) -> tuple[int, bytes]:
    workflow = _graph(engine).resources["l2.notify"]
    found = await workflow.secrets(engine.cloud, frozenset({"callback_url"}))
    parts = urlsplit(found["callback_url"])
    trusting = ssl.create_default_context(cafile=azure.ca)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=20, context=trusting)
    connection.request("POST", f"{parts.path}?{parts.query}", "{}")
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


async def test_a_workflow_is_made_called_mended_and_taken_away(
    engine: Engine[Reach], azure: LocalAzure
) -> None:
    report = await deploy(engine, _graph(engine))
    assert report is not None
    assert report.failures() == {}
    assert (await plan(engine, _graph(engine))).counts() == {Action.NONE: 2}
    assert await _called(engine, azure) == (200, b"notified")

    identity = _graph(engine).resources["l2.notify"].identity
    assert azure.call("POST", f"{identity}/disable", version="2019-05-01")[0] == 200
    checked = (await check(engine, _graph(engine, "told")))["l2.notify"]
    assert isinstance(checked, Drifted)
    assert [str(one) for one in checked.differences] == [
        "properties.state: 'Disabled' → 'Enabled'",
        "properties.definition.actions.respond.inputs.body: 'notified' → 'told'",
    ]
    report = await deploy(engine, _graph(engine, "told"))
    assert report is not None
    assert report.failures() == {}
    assert await _called(engine, azure) == (200, b"told")

    gone = await destroy(engine)
    assert gone is not None
    assert gone.failures() == {}
    assert azure.call("GET", identity, version="2019-05-01")[0] == 404
