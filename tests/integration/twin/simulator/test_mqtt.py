"""Messages of simulated devices reach a hub of the local Azure by MQTT, or it is told why not."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.iot.device.aio import IoTHubDeviceClient
from azure.iot.device.exceptions import OperationCancelled, OperationTimeout
from azure.iot.hub.models import Device
from tests.integration.emulator.iothub import Hub, key_of
from tests.local_azure import LocalAzure

from funcyard.twin.simulator import mqtt
from funcyard.twin.simulator.mqtt import MqttTransport
from funcyard.twin.simulator.transport import NotSentError

# azure-iot-device asks for TLS 1.2 by a name that Python would rather forget, and leaves sockets.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ssl.PROTOCOL_TLS:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <(ssl.SSLS|s)ocket"),
]

READING = {"temperature": 20.5, "time": "2026-11-22T03:00:00.000Z"}
_KEY = "c2VjcmV0"


@pytest.fixture(autouse=True)
def _collected() -> Iterator[None]:
    yield
    gc.collect()  # so that what clients left is found here, and by no other test


def to(hub: Hub, azure: LocalAzure, keys: dict[str, str]) -> MqttTransport:
    return MqttTransport(hub.host, keys, Path(azure.ca).read_text("ascii"))


async def test_messages_are_taken_over_one_connection(
    azure: LocalAzure, hub: Hub, device: Device
) -> None:
    name = str(device.device_id)
    async with to(hub, azure, {name: key_of(device)}) as transport:
        for _ in range(3):
            await transport.send(name, READING)
        assert hub.registry().get_device(name).connection_state == "Connected"
    assert hub.registry().get_device(name).connection_state == "Disconnected"


async def test_a_wrong_key_and_an_unknown_device_are_told_at_once(
    azure: LocalAzure, hub: Hub, device: Device
) -> None:
    name = str(device.device_id)
    async with to(hub, azure, {name: _KEY, "absent": _KEY}) as transport:
        for refused in (name, "absent"):
            with pytest.raises(NotSentError, match=f"{refused}: the hub does not let it in"):
                await transport.send(refused, READING)
        with pytest.raises(NotSentError, match="no such device"):
            await transport.send("never-heard-of", READING)


@pytest.mark.parametrize("kind", [OperationTimeout, OperationCancelled])
async def test_a_connection_that_comes_to_no_end_is_told(
    hub: Hub, device: Device, monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    async def send_message(_client: object, _message: object) -> None:
        raise kind("nothing came")

    monkeypatch.setattr(mqtt, "_PAUSES", (0.0,))
    monkeypatch.setattr(IoTHubDeviceClient, "send_message", send_message)
    name = str(device.device_id)
    async with MqttTransport(hub.host, {name: key_of(device)}) as transport:
        with pytest.raises(NotSentError, match=f"{name}: the hub is not reached: nothing came"):
            await transport.send(name, READING)


async def test_a_hub_that_is_away_or_not_trusted_is_told(
    hub: Hub, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "_PAUSES", (0.0,))
    name = str(device.device_id)
    for host, told in (("127.77.255.1", "refused"), (hub.host, "certificate")):
        async with MqttTransport(host, {name: key_of(device)}) as transport:
            with pytest.raises(NotSentError, match=f"{name}: the hub is not reached: .*{told}"):
                await transport.send(name, READING)
