"""What devices send and what becomes of them reaches those who subscribed by Event Grid."""

from __future__ import annotations

import base64
import gc
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from azure.iot import device as official
from azure.iot.hub.models import Device
from azure.mgmt.eventgrid import EventGridManagementClient
from tests import local_azure
from tests.integration.emulator.iothub import Hub
from tests.integration.emulator.webhook import Webhook, until, webhook
from tests.local_azure import LocalAzure

_SUBSCRIPTION = f"/subscriptions/{local_azure.SUBSCRIPTION}"
_message: Any = official.Message  # it has no types
_DEVICES = "Microsoft.Devices.Device"

# azure-iot-device asks for TLS 1.2 by a name that Python would rather forget, and leaves sockets.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ssl.PROTOCOL_TLS:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]


@dataclass
class Told:
    """A hub whose events come to a webhook."""

    azure: LocalAzure
    hub: Hub
    hook: Webhook

    def start_again(self) -> None:
        self.azure = _started(self.azure.location)
        self.hub = Hub.find(self.azure, self.hub.name)

    def events(self, device: str, count: int = 1, what: str = "Telemetry") -> list[Any]:
        """Wait until so many events of a device came, and return them."""

        def found() -> list[Any]:
            return [
                event
                for one in self.hook.at("/")
                for event in one.events
                if event["subject"] == f"devices/{device}"
                and event["eventType"] == f"{_DEVICES}{what}"
            ]

        until(lambda: len(found()) >= count, found)
        return found()


def _started(location: Path) -> LocalAzure:
    return local_azure.start(location, "--scale", "1000")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    azure = _started(tmp_path_factory.mktemp("azure") / "location")
    azure.call("PUT", f"{_SUBSCRIPTION}/resourceGroups/g", {"location": "westeurope"})
    hub = Hub.make(azure, "telling-hub")
    with webhook() as hook, pytest.MonkeyPatch.context() as patched:
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            patched.setenv(name, azure.ca)
        grid: Any = azure.client(EventGridManagementClient)
        kinds = ("Telemetry", "Created", "Deleted", "Connected", "Disconnected")
        subscription = {
            "destination": {"endpointType": "WebHook", "properties": {"endpointUrl": hook.url}},
            "filter": {"includedEventTypes": [f"{_DEVICES}{kind}" for kind in kinds]},
        }
        scope = hub.manager.iot_hub_resource.get("g", hub.name).id
        body = {"properties": subscription}
        grid.event_subscriptions.begin_create_or_update(scope, "all", body).result()
        made = Told(azure, hub, hook)
        yield made
        made.azure.end()
    gc.collect()  # so that what clients left is found here, and by no other test


def test_telemetry_and_the_life_of_a_device_are_told(told: Told) -> None:
    device = told.hub.device()
    name = str(device.device_id)
    client = told.hub.client(device)
    client.connect()
    message: Any = _message('{"temperature": 20.5}', message_id="m 1")
    message.content_type, message.content_encoding = "application/json", "utf-8"
    message.custom_properties = {"alert": "a&b=c"}
    client.send_message(message)
    client.send_message(b"\x00\xff")
    client.shutdown()
    sent = {"iothub-app-by": "https", "iothub-contenttype": "application/json"}
    path = "/messages/events"
    assert told.hub.as_device(device, "POST", path, data=b"{}", headers=sent).status_code == 204
    told.hub.registry().delete_device(device.device_id)

    by_key = {str(event["data"]["body"]): event for event in told.events(name, 3)}
    first = by_key["{'temperature': 20.5}"]
    assert first["topic"].lower().endswith("/iothubs/telling-hub")
    assert first["data"]["properties"] == {"alert": "a&b=c"}
    system = first["data"]["systemProperties"]
    assert system["iothub-connection-device-id"] == name
    assert system["iothub-connection-auth-generation-id"] == device.generation_id
    assert system["iothub-content-type"] == "application/json"
    assert system["iothub-content-encoding"] == "utf-8"
    assert system["iothub-message-source"] == "Telemetry"
    assert system["message-id"] == "m 1"
    assert base64.b64encode(b"\x00\xff").decode() in by_key
    # JSON that is not said to be in UTF-8 is bytes like all others.
    other = by_key[base64.b64encode(b"{}").decode()]
    assert other["data"]["properties"] == {"by": "https"}

    (created,) = told.events(name, what="Created")
    assert created["data"]["hubName"] == told.hub.name
    assert created["data"]["twin"]["deviceId"] == name
    (connected,) = told.events(name, what="Connected")
    (left,) = told.events(name, what="Disconnected")
    numbers = [
        one["data"]["deviceConnectionStateEventInfo"]["sequenceNumber"] for one in (connected, left)
    ]
    assert numbers == sorted(set(numbers))
    (deleted,) = told.events(name, what="Deleted")
    assert deleted["data"]["deviceId"] == name


def test_what_a_device_left_for_its_loss_is_sent_then(told: Told) -> None:
    device = told.hub.device()
    client = told.hub.mqtt(device)
    client.will_set(f"devices/{device.device_id}/messages/events/why=lost", b"gone", 1)
    client.reach()
    client.break_off()
    (event,) = told.events(str(device.device_id))
    assert event["data"]["body"] == base64.b64encode(b"gone").decode()
    assert event["data"]["properties"] == {"why": "lost", "iothub-MessageType": "Will"}


def test_nothing_is_lost_when_the_hub_itself_ends(told: Told) -> None:
    device = told.hub.device()
    client = told.hub.mqtt(device)
    client.will_set(f"devices/{device.device_id}/messages/events/", b"gone", 1)
    client.reach()
    told.azure.end()
    client.break_off()
    told.start_again()
    assert told.hub.as_device(device, "POST", "/messages/events", data=b"x").status_code == 204
    bodies = [event["data"]["body"] for event in told.events(str(device.device_id))]
    assert bodies == [base64.b64encode(b"x").decode()]
    told.events(str(device.device_id), what="Disconnected")


class Sender:
    """A device that sends by HTTPS until it is told to end, and knows what was accepted."""

    def __init__(self, hub: Hub, device: Device) -> None:
        self.accepted: list[str] = []
        self._hub, self._device = hub, device
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._send)
        self._thread.start()

    def _send(self) -> None:
        while not self._is_over.is_set():
            body = uuid.uuid4().hex
            try:
                answer = self._hub.as_device(self._device, "POST", "/messages/events", data=body)
            except requests.RequestException:
                time.sleep(0.01)
                continue
            if answer.status_code == 204:
                self.accepted.append(body)

    def end(self) -> None:
        self._is_over.set()
        self._thread.join()


def test_no_message_that_was_accepted_is_lost_through_a_kill(told: Told) -> None:
    by_https, by_mqtt = told.hub.device(), told.hub.device()
    sender = Sender(told.hub, by_https)
    client = told.hub.client(by_mqtt, connection_retry_interval=1)
    client.connect()
    sent = [uuid.uuid4().hex for _ in range(30)]

    def send() -> None:
        for one in sent:
            client.send_message(one)  # which returns once it is acknowledged

    sending = threading.Thread(target=send)
    sending.start()
    until(lambda: len(sender.accepted) > 10)
    told.azure.kill()
    told.start_again()
    before = len(sender.accepted)
    until(lambda: len(sender.accepted) > before + 10)
    sending.join(timeout=30)
    assert not sending.is_alive()
    sender.end()
    client.shutdown()
    for device, bodies in ((by_https, sender.accepted), (by_mqtt, sent)):
        name = str(device.device_id)
        wanted = {base64.b64encode(body.encode()).decode() for body in bodies}

        _until_told(told, name, wanted)


def _until_told(told: Told, device: str, wanted: set[str]) -> None:
    until(lambda: wanted <= {event["data"]["body"] for event in told.events(device)})
