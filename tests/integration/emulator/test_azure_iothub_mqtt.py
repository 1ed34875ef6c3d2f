"""MQTT of a hub, byte by byte and by another client: who is let in, and what ends a connection."""

from __future__ import annotations

import os
import queue
import socket
import sqlite3
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import requests
from azure.iot.hub.models import Device
from azure.iot.hub.sastoken import SasToken
from tests import local_azure
from tests.integration.emulator.iothub import Hub, key_of
from tests.integration.emulator.webhook import until
from tests.local_azure import LocalAzure

from funcyard.emulator.iothub.mqtt.packets import Publish, publish

_GROUP = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g"
_ACCEPTED = b"\x20\x02\x00\x00"
_UNAUTHORIZED = b"\x20\x02\x00\x05"
_OTHER_VERSION = b"\x20\x02\x00\x01"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    service.call("PUT", _GROUP, {"location": "westeurope"})
    with pytest.MonkeyPatch.context() as patched:
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            patched.setenv(name, service.ca)
        yield service
    service.end()


@pytest.fixture(scope="module")
def hub(azure: LocalAzure) -> Hub:
    return Hub.make(azure, "spoken-hub")


@pytest.fixture(scope="module")
def device(hub: Hub) -> Device:
    return hub.device()


class Bare:
    """A connection on which bytes are sent."""

    def __init__(self, hub: Hub) -> None:
        trusting = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
        host = hub.host.partition(":")[0]
        plain = socket.create_connection((host, 8883), timeout=20)
        self._socket = trusting.wrap_socket(plain, server_hostname=host)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def read(self, count: int) -> bytes:
        found = b""
        while len(found) < count and (more := self._more(count - len(found))):
            found += more
        return found

    def has_ended(self) -> bool:
        """Wait until the other side ends the connection."""
        while self._more(1024):
            pass
        self._socket.close()
        return True

    def _more(self, count: int) -> bytes:
        try:
            return self._socket.recv(count)
        except (ConnectionError, ssl.SSLEOFError):
            return b""


def _field(text: str) -> bytes:
    return len(text.encode()).to_bytes(2) + text.encode()


def _packet(kind: int, body: bytes) -> bytes:
    low, high = len(body) & 0x7F, len(body) >> 7
    return bytes((kind, low | 0x80, high)) + body if high else bytes((kind, low)) + body


def _connect(
    hub: Hub,
    device: Device,
    *,
    keep_alive: int = 60,
    user: str = "{host}/{device}/?api-version=2021-04-12",
    client: str = "{device}",
    ttl: int = 60,
    level: int = 4,
) -> bytes:
    names = {"host": hub.host, "device": str(device.device_id)}
    token = SasToken(f"{hub.host}/devices/{device.device_id}", key_of(device), None, ttl)
    said = (client.format(**names), user.format(**names), str(token))
    head = _field("MQTT") + bytes((level, 0xC2)) + keep_alive.to_bytes(2)
    return _packet(0x10, head + b"".join(map(_field, said)))


def _connected(hub: Hub, device: Device, **more: Any) -> Bare:  # noqa: ANN401 - as _connect
    bare = Bare(hub)
    bare.send(_connect(hub, device, **more))
    assert bare.read(4) == _ACCEPTED
    return bare


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"user": "{host}/other/?api-version=2021-04-12"}, _UNAUTHORIZED),
        ({"user": "{device}"}, _UNAUTHORIZED),
        ({"user": "{host}/{device}/"}, _UNAUTHORIZED),
        ({"client": "other", "user": "{host}/other/?api-version=2021-04-12"}, _UNAUTHORIZED),
        ({"ttl": -1}, _UNAUTHORIZED),
        ({"level": 5}, _OTHER_VERSION),
    ],
    ids=["another", "no name", "no version", "unknown", "late", "MQTT 5"],
)
def test_who_is_not_that_device_is_told_so(
    hub: Hub, device: Device, said: dict[str, Any], answer: bytes
) -> None:
    bare = Bare(hub)
    bare.send(_connect(hub, device, **said))
    assert bare.read(4) == answer
    assert bare.has_ended()


@pytest.mark.parametrize(
    "data",
    [
        publish(Publish("devices/other/messages/events/", b"x", 1, 1)),
        publish(Publish("anything", b"x", 1, 1)),
        publish(Publish("devices/{device}/messages/events/", b"x" * (256 * 1024 + 1), 1, 1)),
        _packet(0x34, _field("devices/{device}/messages/events/") + b"\0\1x"),
        _packet(0x10, b""),
        b"\xf0\x00",
        b"\x30\xff\xff\xff\xff",
    ],
    ids=["other", "topic", "large", "quality 2", "again", "reserved", "endless"],
)
def test_what_no_device_may_send_ends_its_connection(hub: Hub, device: Device, data: bytes) -> None:
    bare = _connected(hub, device)
    bare.send(data.replace(b"{device}", str(device.device_id).encode()))
    assert bare.has_ended()


def test_a_connection_ends_with_what_opened_it(hub: Hub, device: Device) -> None:
    bare = _connected(hub, device, ttl=2)
    assert bare.has_ended()


def test_a_device_that_is_silent_for_too_long_is_gone(hub: Hub, device: Device) -> None:
    registry = hub.registry()
    bare = _connected(hub, device, keep_alive=1)
    assert registry.get_device(device.device_id).connection_state == "Connected"
    bare.send(b"\xc0\x00")
    assert bare.read(2) == b"\xd0\x00"
    assert bare.has_ended()
    deadline = time.monotonic() + 20
    while registry.get_device(device.device_id).connection_state == "Connected":
        assert time.monotonic() < deadline


def test_topics_are_granted_refused_and_given_up_one_by_one(hub: Hub, device: Device) -> None:
    bare = _connected(hub, device)
    own = f"devices/{device.device_id}/messages/devicebound/#"
    asked = _field(own) + b"\2" + _field("devices/other/#") + b"\1" + _field("#") + b"\0"
    bare.send(_packet(0x82, b"\0\7" + asked))
    assert bare.read(7) == b"\x90\x05\0\7\x01\x80\x80"
    bare.send(_packet(0xA2, b"\0\x08" + _field(own)))
    assert bare.read(4) == b"\xb0\x02\0\x08"
    bare.send(b"\xe0\x00")
    assert bare.has_ended()


def test_a_question_about_the_twin_that_is_none_is_answered_so(hub: Hub, device: Device) -> None:
    client = hub.mqtt(device)
    answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
    client.client.on_message = lambda _client, _data, one: answers.put((one.topic, one.payload))
    assert client.reach() == 0
    client.client.subscribe("$iothub/twin/res/#", 1)
    asked = "$iothub/twin/PATCH/properties/reported/?$rid=a1"
    client.client.publish(asked, b"no JSON", 1)
    topic, payload = answers.get(timeout=20)
    assert topic == "$iothub/twin/res/400/?$rid=a1"
    assert b"ArgumentInvalid" in payload
    client.client.publish(asked, b'{"ok": true}', 1)
    assert answers.get(timeout=20) == ("$iothub/twin/res/204/?$rid=a1&$version=2", b"")
    client.leave()


def test_a_call_to_a_device_that_leaves_is_given_up(hub: Hub, device: Device) -> None:
    bare = _connected(hub, device)
    bare.send(_packet(0x82, b"\0\1" + _field("$iothub/methods/POST/#") + b"\1"))
    assert bare.read(5) == b"\x90\x03\0\1\x01"
    asked = {"methodName": "wait", "responseTimeoutInSeconds": 300}
    answers: queue.Queue[requests.Response] = queue.Queue()

    def call() -> None:
        path = f"/twins/{device.device_id}/methods"
        answers.put(hub.ask("POST", path, hub.token(), json=asked))

    calling = threading.Thread(target=call)
    calling.start()
    assert bare.read(1) == b"\x30"
    bare.send(b"\xe0\x00")
    assert bare.has_ended()
    answer = answers.get(timeout=20)
    calling.join()
    assert (answer.status_code, "504101" in answer.json()["Message"]) == (504, True)


def test_a_message_that_was_not_acknowledged_comes_again(hub: Hub, device: Device) -> None:
    topic = f"devices/{device.device_id}/messages/devicebound/#"
    path = f"/devices/{device.device_id}/messages/devicebound"
    assert hub.ask("POST", path, hub.token(), data=b"again").status_code == 204
    for flags in (0x32, 0x3A):  # the second time it says that it may have come before
        bare = _connected(hub, device)
        bare.send(_packet(0x82, b"\0\1" + _field(topic) + b"\1"))
        bare.read(5)
        head = bare.read(3)
        assert head[0] == flags
        body = bare.read((head[1] & 0x7F) + (head[2] << 7))
        assert body.endswith(b"again")
        bare.send(b"\xe0\x00")
        assert bare.has_ended()
    hub.registry().delete_device(device.device_id)


def test_a_lost_device_is_gone_though_its_last_words_cannot_be_kept(
    azure: LocalAzure, hub: Hub
) -> None:
    device = hub.device()
    client = hub.mqtt(device)
    client.will_set(f"devices/{device.device_id}/messages/events/", b"gone", 1)
    assert client.reach() == 0
    path = azure.location / "eventgrid" / "events.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as kept:
        kept.execute(
            "CREATE TRIGGER full BEFORE INSERT ON taken BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        try:
            client.break_off()

            def is_gone() -> bool:
                shown = hub.ask("GET", f"/devices/{device.device_id}", hub.token()).json()
                return bool(shown["connectionState"] == "Disconnected")

            until(is_gone)
        finally:
            kept.execute("DROP TRIGGER full")


def test_a_device_that_reads_nothing_of_what_it_is_told_is_let_go_of(hub: Hub) -> None:
    device = hub.device()
    bare = _connected(hub, device)
    topic = "$iothub/twin/PATCH/properties/desired/#"
    bare.send(_packet(0x82, b"\0\1" + _field(topic) + b"\0"))
    assert bare.read(5) == b"\x90\x03\0\1\0"
    desired = {str(number): "x" * 4000 for number in range(7)}
    twin = {"id": device.device_id, "importMode": "updateTwin", "properties": {"desired": desired}}

    def is_gone() -> bool:
        assert hub.ask("POST", "/devices", hub.token(), json=[twin] * 100).status_code == 200
        shown = hub.ask("GET", f"/devices/{device.device_id}", hub.token()).json()
        return bool(shown["connectionState"] == "Disconnected")

    until(is_gone)
    assert bare.has_ended()
