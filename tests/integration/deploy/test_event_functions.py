"""A function app that is deployed with its topic gets events, those of people and of devices."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError
from azure.eventgrid import EventGridEvent, EventGridPublisherClient
from azure.mgmt.eventgrid import EventGridManagementClient
from tests import local_azure
from tests.integration.emulator.iothub import Hub
from tests.integration.emulator.webhook import until
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.deploy.apply import deploy, plan
from funcyard.deploy.deciding import Action
from funcyard.deploy.engine import Engine
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.package import Package
from funcyard.deploy.refs import Value
from funcyard.deploy.resources.app_code import AppCode
from funcyard.deploy.resources.app_settings import AppSettings
from funcyard.deploy.resources.event_destination import Destination
from funcyard.deploy.resources.event_grid_topic import CLOUD_EVENTS, EventGridTopic
from funcyard.deploy.resources.event_subscription import EventSubscription
from funcyard.deploy.resources.function_app import FunctionApp
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach, reached
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.service_plan import ServicePlan

_WEST = "westeurope"
_HUBS = "Microsoft.Devices.IoTHubs"
_CODE = """
import json
import os

import azure.functions as func

app = func.FunctionApp()


def keep(told):
    with open(os.environ["KEPT"], "a") as kept:
        kept.write(json.dumps({**told, "pid": os.getpid()}) + "\\n")


@app.event_grid_trigger("event")
def taken(event: func.EventGridEvent):
    keep({"function": "taken", "id": event.id, "type": event.event_type,
          "topic": event.topic, "subject": event.subject, "data": event.get_json()})
    if event.subject == "fails/once" and not os.path.exists(os.environ["KEPT"] + ".failed"):
        open(os.environ["KEPT"] + ".failed", "w").close()
        raise ValueError("once")


@app.event_grid_trigger("event")
def cloud(event: func.CloudEvent):
    keep({"function": "cloud", "id": event.id, "type": event.type, "source": event.source})


@app.route("other")
def other(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse("")
"""


@dataclass
class Deployed:
    """A topic with two subscriptions to two functions of an app.

    Attributes:
        azure: Where.
        name: Of the group and of all in it.
        kept: File that the functions write what they get to.
        again: What a second deployment would do.
    """

    azure: LocalAzure
    name: str
    kept: Path
    again: dict[Action, int]

    @property
    def grid(self) -> Any:  # noqa: ANN401 - its models say that nothing need be there
        return self.azure.client(EventGridManagementClient)

    @property
    def site(self) -> str:
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{self.name}"
        return f"{group}/providers/Microsoft.Web/sites/{self.name}"

    def publish(self, subject: str) -> str:
        """Publish an event and return its id."""
        topic = self.grid.topics.get(self.name, self.name)
        key = self.grid.topics.list_shared_access_keys(self.name, self.name).key1
        event = EventGridEvent(subject, "Made", {"n": 1}, "1")
        with EventGridPublisherClient(topic.endpoint, AzureKeyCredential(key)) as client:
            client.send(event)
        return str(event.id)

    def told(self, function: str, identifier: str = "") -> list[dict[str, Any]]:
        """Return what a function got, or what it got of an event."""
        lines = self.kept.read_text().splitlines() if self.kept.exists() else []
        found = [json.loads(line) for line in lines]
        return [
            one for one in found if one["function"] == function and identifier in {"", one["id"]}
        ]


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "200")
    yield service
    service.end()


@pytest.fixture(scope="module")
def deployed(azure: LocalAzure, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    folder = tmp_path_factory.mktemp("events")
    name, kept = f"f{uuid.uuid4().hex[:12]}", folder / "kept.jsonl"

    async def deploy_it() -> dict[Action, int]:
        settings = azure.settings
        async with reached(identity_of(settings), cloud_of(settings)) as reach:
            engine = Engine(name, reach, FolderStore(folder / "state", name), REGISTRY)
            graph = _graph(name, kept)
            report = await deploy(engine, graph)
            assert report is not None
            assert report.failures() == {}
            return dict((await plan(engine, graph)).counts())

    return Deployed(azure, name, kept, asyncio.run(deploy_it()))


@pytest.fixture(autouse=True)
def _trusting(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", azure.ca)


def _graph(name: str, kept: Path) -> Graph[Reach]:
    files = {
        "host.json": json.dumps({"version": "2.0"}),
        "requirements.txt": "azure-functions\n",
        "function_app.py": _CODE,
    }
    package = Package({path: text.encode() for path, text in files.items()})
    group = ResourceGroup.of("group", SUBSCRIPTION, name, _WEST)
    service_plan = ServicePlan.of("plan", group, name, _WEST)
    app = FunctionApp.of("app", group, service_plan, name, _WEST)
    values: dict[str, Value] = {"KEPT": str(kept)}
    settings = AppSettings.of("settings", app, values)
    code = AppCode.of("code", app, package, ("taken", "cloud", "other"), ("settings",))
    topic = EventGridTopic.of("topic", group, name, _WEST)
    return Graph(
        [
            *(group, service_plan, app, settings, code, topic),
            EventSubscription.of("taken", topic, "taken", Destination.function(app, code, "taken")),
            EventSubscription.of(
                "cloud",
                topic,
                "cloud",
                Destination.function(app, code, "cloud"),
                schema=CLOUD_EVENTS,
            ),
        ]
    )


def test_functions_get_what_is_published_in_the_schema_they_asked_for(deployed: Deployed) -> None:
    assert deployed.again == {Action.NONE: 8}
    identifier = deployed.publish("parts/1")
    until(lambda: bool(deployed.told("cloud", identifier) and deployed.told("taken", identifier)))
    (taken,) = deployed.told("taken", identifier)
    topic = deployed.grid.topics.get(deployed.name, deployed.name).id
    assert (taken["type"], taken["topic"], taken["data"]) == ("Made", topic, {"n": 1})
    (cloud,) = deployed.told("cloud", identifier)
    assert (cloud["type"], cloud["source"]) == ("Made", topic)


def test_a_function_that_fails_gets_the_event_again(deployed: Deployed) -> None:
    identifier = deployed.publish("fails/once")
    until(lambda: len(deployed.told("taken", identifier)) == 2)


def test_events_wait_for_an_app_that_died(deployed: Deployed) -> None:
    first = deployed.publish("parts/2")
    until(lambda: bool(deployed.told("taken", first)))
    host = psutil.Process(deployed.told("taken", first)[0]["pid"]).parent()
    assert host is not None
    host.kill()
    second = deployed.publish("parts/3")
    until(lambda: bool(deployed.told("taken", second) and deployed.told("cloud", second)))


def test_a_function_that_events_do_not_start_gets_no_subscription(deployed: Deployed) -> None:
    properties = {"resourceId": f"{deployed.site}/functions/other"}
    body = {
        "properties": {"destination": {"endpointType": "AzureFunction", "properties": properties}}
    }
    subscriptions = deployed.grid.topic_event_subscriptions
    with pytest.raises(HttpResponseError, match="supports EventGrid Trigger type only"):
        subscriptions.begin_create_or_update(deployed.name, deployed.name, "other", body).result()


@pytest.mark.parametrize(
    ("function", "schema"), [("taken", "EventGridSchema"), ("cloud", "CloudEventSchemaV1_0")]
)
def test_a_functions_address_takes_part_in_the_handshake_of_webhooks(
    deployed: Deployed, function: str, schema: str
) -> None:
    listed = deployed.azure.call(
        "POST", f"{deployed.site}/host/default/listkeys", None, "2022-03-01"
    )
    site = deployed.azure.call("GET", deployed.site, version="2022-03-01")[2]
    host, key = (
        site["properties"]["defaultHostName"],
        listed[2]["systemKeys"]["eventgrid_extension"],
    )
    url = f"https://{host}/runtime/webhooks/EventGrid?functionName={function}&code="
    subscriptions = deployed.grid.topic_event_subscriptions

    def subscribe(code: str) -> None:
        destination = {"endpointType": "WebHook", "properties": {"endpointUrl": f"{url}{code}"}}
        body = {"properties": {"destination": destination, "eventDeliverySchema": schema}}
        name = f"hook-{function}"
        subscriptions.begin_create_or_update(deployed.name, deployed.name, name, body).result()

    with pytest.raises(HttpResponseError, match="response code Unauthorized"):
        subscribe("wrong")
    subscribe(key)
    identifier = deployed.publish("parts/4")
    until(lambda: len(deployed.told(function, identifier)) == 2)


@pytest.mark.parametrize("by_system_topic", [False, True], ids=["on the hub", "by a system topic"])
def test_what_devices_send_reaches_a_function(
    deployed: Deployed,
    by_system_topic: bool,  # noqa: FBT001 - a case
) -> None:
    name = f"hub-{uuid.uuid4().hex[:8]}"
    deployed.azure.resources().resource_groups.create_or_update("g", {"location": _WEST})
    hub = Hub.make(deployed.azure, name)
    source = hub.manager.iot_hub_resource.get("g", name).id
    properties = {"resourceId": f"{deployed.site}/functions/taken"}
    body = {
        "properties": {
            "destination": {"endpointType": "AzureFunction", "properties": properties},
            "filter": {"includedEventTypes": ["Microsoft.Devices.DeviceTelemetry"]},
        }
    }
    if by_system_topic:
        topic = {"location": _WEST, "properties": {"source": source, "topicType": _HUBS}}
        deployed.grid.system_topics.begin_create_or_update("g", name, topic).result()
        subscriptions = deployed.grid.system_topic_event_subscriptions
        subscriptions.begin_create_or_update("g", name, "sent", body).result()
    else:
        subscriptions = deployed.grid.event_subscriptions
        subscriptions.begin_create_or_update(source, "sent", body).result()
    device = hub.device()
    sent = {"content-type": "application/json", "content-encoding": "utf-8"}
    answer = hub.as_device(device, "POST", "/messages/events", json={"t": 21.5}, headers=sent)
    assert answer.status_code == 204
    subject = f"devices/{device.device_id}"
    until(lambda: any(one["subject"] == subject for one in deployed.told("taken")))
    (taken,) = (one for one in deployed.told("taken") if one["subject"] == subject)
    assert taken["type"] == "Microsoft.Devices.DeviceTelemetry"
    assert taken["topic"].lower() == source.lower()
    system = taken["data"]["systemProperties"]
    assert system["iothub-connection-device-id"] == device.device_id
