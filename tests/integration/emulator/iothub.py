"""A hub in a local Azure, and Microsoft's clients of it."""

from __future__ import annotations

import os
import queue
import ssl
import uuid
from dataclasses import dataclass
from typing import Any

import paho.mqtt.client as paho
import requests
from azure.iot.device import IoTHubDeviceClient
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import Device
from azure.iot.hub.sastoken import SasToken
from azure.mgmt.iothub import IotHubClient
from tests.local_azure import LocalAzure

BODY: Any = {"location": "westeurope", "sku": {"name": "S1", "capacity": 1}, "properties": {}}


@dataclass
class Hub:
    """A hub, and what opens it.

    Attributes:
        name: Its own, in the group ``g``.
        host: Where it is.
        manager: The client of all hubs.
    """

    name: str
    host: str
    manager: Any

    @classmethod
    def make(cls, azure: LocalAzure, name: str) -> Hub:
        manager: Any = azure.client(IotHubClient)
        made = manager.iot_hub_resource.begin_create_or_update("g", name, BODY).result()
        return cls(name, made.properties.host_name, manager)

    @classmethod
    def find(cls, azure: LocalAzure, name: str) -> Hub:
        manager: Any = azure.client(IotHubClient)
        return cls(name, manager.iot_hub_resource.get("g", name).properties.host_name, manager)

    def key(self, policy: str) -> str:
        found = self.manager.iot_hub_resource.get_keys_for_key_name("g", self.name, policy)
        return str(found.primary_key)

    def registry(self, policy: str = "iothubowner") -> Any:  # noqa: ANN401 - it has no types
        text = f"HostName={self.host};SharedAccessKeyName={policy};SharedAccessKey="
        return IoTHubRegistryManager.from_connection_string(text + self.key(policy))

    def token(self, policy: str = "iothubowner", *, ttl: int = 60) -> str:
        return str(SasToken(self.host, self.key(policy), policy, ttl))

    def device(self) -> Device:
        name = f"d-{uuid.uuid4().hex[:8]}"
        made = self.registry().create_device_with_sas(name, "", "", "enabled")
        assert isinstance(made, Device)
        return made

    def connection_string(self, device: Device) -> str:
        host = self.host.partition(":")[0]  # whatever port HTTPS has
        return f"HostName={host};DeviceId={device.device_id};SharedAccessKey={key_of(device)}"

    def client(self, device: Device, **options: Any) -> Any:  # noqa: ANN401 - it has few types
        text = self.connection_string(device)
        return IoTHubDeviceClient.create_from_connection_string(text, **options)

    def mqtt(self, device: Device, *, ttl: int = 60) -> Mqtt:
        """Return a device on a bare MQTT client."""
        name, ca = str(device.device_id), os.environ["SSL_CERT_FILE"]
        token = SasToken(f"{self.host}/devices/{name}", key_of(device), None, ttl)
        return Mqtt(self.host, name, str(token), ca)

    def ask(self, method: str, path: str, token: str, **more: Any) -> requests.Response:  # noqa: ANN401 - as requests takes it
        """Send a request as it is."""
        headers = {"Authorization": token, **more.pop("headers", {})}
        url = f"https://{self.host}{path}?api-version=2021-04-12"
        return requests.request(method, url, headers=headers, timeout=20, **more)

    def as_device(self, device: Device, method: str, path: str, **more: Any) -> requests.Response:  # noqa: ANN401 - as requests takes it
        """Send a request that a device signed."""
        named = f"/devices/{device.device_id}"
        token = str(SasToken(f"{self.host}{named}", key_of(device)))
        return self.ask(method, f"{named}{path}", token, **more)


def key_of(device: Any) -> str:  # noqa: ANN401 - it has no types
    return str(device.authentication.symmetric_key.primary_key)


class Mqtt:
    """A device on a bare MQTT client, which does as it is told.

    Args:
        host: Of the hub.
        device: Its id.
        token: What it proves itself with.
        ca: File of the certificate that it trusts.
    """

    def __init__(self, host: str, device: str, token: str, ca: str) -> None:
        self.codes: queue.Queue[int] = queue.Queue()
        self.ended: queue.Queue[int] = queue.Queue()
        self.client: Any = paho.Client(device, clean_session=True)
        self.client.username_pw_set(f"{host}/{device}/?api-version=2021-04-12", token)
        self.client.tls_set_context(ssl.create_default_context(cafile=ca))
        self.client.on_connect = lambda _client, _data, _flags, code: self.codes.put(code)
        self.client.on_disconnect = lambda _client, _data, code: self.ended.put(code)
        self._host = host.partition(":")[0]

    def will_set(self, topic: str, payload: bytes, qos: int) -> None:
        self.client.will_set(topic, payload, qos)

    def reach(self, *, keep_alive: int = 60) -> int:
        """Connect; return what the hub answered."""
        self.client.connect(self._host, 8883, keep_alive)
        self.client.loop_start()
        return self.codes.get(timeout=20)

    def break_off(self) -> None:
        """Go away without a word."""
        self.client.loop_stop()
        self.client._sock_close()  # noqa: SLF001 - there is no other way to be lost

    def leave(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()
