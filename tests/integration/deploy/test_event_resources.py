"""Topics and event subscriptions, deployed to the local Azure: events reach what was deployed."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.eventgrid import EventGridEvent, EventGridPublisherClient
from azure.mgmt.eventgrid import EventGridManagementClient
from tests import local_azure
from tests.integration.emulator.webhook import Webhook, until, webhook
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.azure.storage import StorageAccount as Account
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.check import Absent, Drifted, Present, check
from funcyard.deploy.deciding import Action
from funcyard.deploy.destroy import destroy
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.refs import Given
from funcyard.deploy.resources.event_destination import Destination
from funcyard.deploy.resources.event_grid_system_topic import (
    STORAGE_ACCOUNTS,
    EventGridSystemTopic,
)
from funcyard.deploy.resources.event_grid_topic import EventGridTopic
from funcyard.deploy.resources.event_subscription import EventSubscription
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.storage_account import BlobContainer, Queue, StorageAccount

_WEST = "westeurope"
_COUNT = 8


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    yield service
    service.end()


@pytest.fixture(scope="module")
def hook() -> Iterator[Webhook]:
    with webhook() as serving:
        yield serving


@pytest.fixture
async def reach(azure: LocalAzure) -> AsyncIterator[Reach]:
    settings = azure.settings
    async with reached(identity_of(settings), cloud_of(settings)) as found:
        yield found


class Made:
    """A stack of its own."""

    def __init__(self, reach: Reach, folder: Path, url: str) -> None:
        self.name = f"e{uuid.uuid4().hex[:12]}"
        self.url = url
        self.engine = Engine(self.name, reach, FolderStore(folder, self.name), REGISTRY)

    def graph(self, *, attempts: int = 5) -> Graph[Reach]:
        """Return a topic whose events go to a queue and to a webhook."""
        group, topic, told = self._told("first")
        account = StorageAccount.of("storage", group, self.name, _WEST)
        queue = Queue.of("queue", account, "events")
        dead = BlobContainer.of("dead", account, "dead")
        return Graph(
            [
                *(group, account, queue, dead, topic, told),
                EventGridSystemTopic.of("blobs", group, self.name, account, STORAGE_ACCOUNTS),
                EventSubscription.of(
                    "kept",
                    topic,
                    "kept",
                    Destination.queue(queue),
                    event_types=("Made",),
                    subject_begins_with="parts/",
                    dead_letters=dead,
                    attempts=attempts,
                ),
            ]
        )

    def small(self, key: str = "first") -> Graph[Reach]:
        """Return a topic whose events go to a webhook alone."""
        return Graph(list(self._told(key)))

    def _told(self, key: str) -> tuple[ResourceGroup, EventGridTopic, EventSubscription]:
        group = ResourceGroup.of("group", SUBSCRIPTION, self.name, _WEST)
        topic = EventGridTopic.of("topic", group, self.name, _WEST)
        hook = Given("hook", f"{self.url}/{self.name}?code={key}")
        told = EventSubscription.of("told", topic, "told", Destination.webhook(hook))
        return group, topic, told

    async def deploy(self, graph: Graph[Reach]) -> None:
        report = await deploy(self.engine, graph)
        assert report is not None
        assert report.failures() == {}


@pytest.fixture
async def made(reach: Reach, tmp_path: Path, hook: Webhook) -> AsyncIterator[Made]:
    stack = Made(reach, tmp_path / "state", hook.url)
    yield stack
    assert await destroy(stack.engine) is not None


async def test_events_reach_what_was_deployed(
    made: Made, azure: LocalAzure, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = made.graph()
    await made.deploy(graph)
    assert (await plan(made.engine, graph)).counts() == {Action.NONE: _COUNT}
    topic = graph.resources["topic"]
    observed = await topic.read(made.engine.cloud)
    assert observed is not None
    secrets = await topic.secrets(made.engine.cloud, frozenset({"key"}))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", azure.ca)
    endpoint = str(topic.outputs(observed)["endpoint"])
    with EventGridPublisherClient(endpoint, AzureKeyCredential(secrets["key"])) as client:
        client.send([EventGridEvent("parts/7", "Made", {"n": 7}, "1", id="7")])
    assert [one["id"] for one in hook.events(f"/{made.name}")] == ["7"]
    account = await graph.resources["storage"].secrets(
        made.engine.cloud, frozenset({"connection_string"})
    )
    connection = Account.from_connection_string(account["connection_string"])
    async with connection.queues() as queues:
        queue = queues.get_queue_client("events")
        found: list[Any] = []
        while not found:
            found = await queue.peek_messages()
    assert json.loads(base64.b64decode(found[0].content))["subject"] == "parts/7"


async def test_what_is_changed_behind_its_back_is_told_and_mended(
    made: Made, azure: LocalAzure
) -> None:
    await made.deploy(made.graph())
    grid: Any = azure.client(EventGridManagementClient)
    subscriptions = grid.topic_event_subscriptions
    change = {"filter": {"subjectBeginsWith": "other/", "includedEventTypes": ["Made"]}}
    subscriptions.begin_update(made.name, made.name, "kept", change).result()
    subscriptions.begin_delete(made.name, made.name, "told").result()

    checked = await check(made.engine, made.graph(attempts=7))
    assert isinstance(checked["topic"], Present)
    assert isinstance(checked["told"], Absent)
    drifted = checked["kept"]
    assert isinstance(drifted, Drifted)
    assert sorted(str(one).partition(":")[0] for one in drifted.differences) == [
        "properties.filter.subjectBeginsWith",
        "properties.retryPolicy.maxDeliveryAttempts",
    ]

    await made.deploy(made.graph(attempts=7))
    assert (await plan(made.engine, made.graph(attempts=7))).counts() == {Action.NONE: _COUNT}
    found = subscriptions.get(made.name, made.name, "kept")
    assert found.retry_policy.max_delivery_attempts == 7
    assert found.filter.subject_begins_with == "parts/"


async def test_a_key_in_an_address_that_changes_is_written_and_not_shown(
    made: Made, azure: LocalAzure, tmp_path: Path
) -> None:
    await made.deploy(made.small())
    planned = await plan(made.engine, made.small("second"))
    assert planned.counts() == {Action.NONE: 2, Action.UPDATE: 1}
    await made.deploy(made.small("second"))
    grid: Any = azure.client(EventGridManagementClient)
    full = grid.topic_event_subscriptions.get_full_url(made.name, made.name, "told")
    assert full.endpoint_url == f"{made.url}/{made.name}?code=second"
    assert b"code=" not in _kept(tmp_path)


async def test_a_webhook_that_refuses_is_told_and_nothing_of_it_stays(
    made: Made, azure: LocalAzure, hook: Webhook
) -> None:
    usual = hook.handshake
    hook.handshake = lambda _: (403, None)
    try:
        report = await deploy(made.engine, made.small())
    finally:
        hook.handshake = usual
    assert report is not None
    fault = report.failures()["told"]
    assert "handshake failed" in fault.message
    assert "take part in Event Grid's handshake" in str(fault.hint)
    assert report.failures().keys() == {"told"}
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{made.name}/providers"
    told = f"{path}/Microsoft.EventGrid/topics/{made.name}/eventSubscriptions/told"
    assert azure.call("GET", told, version="2022-06-15")[0] == 404
    await made.deploy(made.small())
    until(lambda: azure.call("GET", told, version="2022-06-15")[0] == 200)


def _kept(folder: Path) -> bytes:
    """Return all that a folder's files hold."""
    return b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
