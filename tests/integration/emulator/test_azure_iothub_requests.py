"""Requests to hubs that were not meant so, and hubs where not everything may be had."""

from __future__ import annotations

import contextlib
import copy
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import local_azure
from tests.integration.emulator.iothub import BODY, Hub
from tests.local_azure import LocalAzure

_GROUP = f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/g"
_HUBS = f"{_GROUP}/providers/Microsoft.Devices/IotHubs"
_VERSION = "2023-06-30"
_LASTS = {"lockDurationAsIso8601": "PT5S", "ttlAsIso8601": "PT1H", "maxDeliveryCount": 10}
_WHOLE: dict[str, Any] = {
    "location": "westeurope",
    "tags": {"of": "test"},
    "identity": {"type": "None"},
    "sku": {"name": "s1", "capacity": 1},
    "properties": {
        "authorizationPolicies": [{"keyName": "own", "rights": "ServiceConnect"}],
        "eventHubEndpoints": {"events": {"retentionTimeInDays": 1, "partitionCount": 4}},
        "storageEndpoints": {"$default": {"connectionString": "", "containerName": ""}},
        "messagingEndpoints": {"fileNotifications": _LASTS},
        "cloudToDevice": {
            "maxDeliveryCount": 10,
            "defaultTtlAsIso8601": "PT1H",
            "feedback": _LASTS,
        },
        "routing": {
            "endpoints": {"eventHubs": []},
            "routes": [],
            "fallbackRoute": {
                "source": "DeviceMessages",
                "endpointNames": ["events"],
                "isEnabled": True,
            },
        },
        "minTlsVersion": "1.2",
    },
}
_DEVICE: dict[str, Any] = {
    "deviceId": "drawn",
    "status": "enabled",
    "statusReason": "x",
    "authentication": {
        "type": "sas",
        "symmetricKey": {"primaryKey": None, "secondaryKey": None},
        "x509Thumbprint": {"primaryThumbprint": None},
    },
    "capabilities": {"iotEdge": False},
    "tags": {"a": {"b": 1}},
    "properties": {"desired": {"c": [1]}},
}
_VALUES = st.sampled_from([None, 0, -1, True, "", "x", "\ud800", [], [None], {}, {"x": None}])


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "10000")
    service.call("PUT", _GROUP, {"location": "westeurope"})
    with pytest.MonkeyPatch.context() as patched:
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            patched.setenv(name, service.ca)
        yield service
    service.end()


@pytest.fixture(scope="module")
def hub(azure: LocalAzure) -> Hub:
    return Hub.make(azure, "asked-hub")


def _paths(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the place of everything in a document."""
    if path:
        yield path
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for name, one in inner:
        yield from _paths(one, (*path, name))


def _with(document: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    place: Any = changed
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return changed


def test_a_hub_with_nothing_said_somewhere_is_made_or_refused(azure: LocalAzure) -> None:
    made = 0
    for number, path in enumerate([(), *_paths(_WHOLE)]):
        body = _with(_WHOLE, path, None) if path else _WHOLE
        status, _, answered = azure.call("PUT", f"{_HUBS}/null-{number % 3}", body, _VERSION)
        assert status in {201, 400, 409}, (path, answered)
        made += status == 201
        for method in ("GET", "DELETE"):
            assert azure.call(method, f"{_HUBS}/null-{number % 3}", None, _VERSION)[0] < 500
    assert made > 1


@pytest.mark.parametrize(
    ("name", "policies"),
    [
        ("no-base64", [{"keyName": "a", "rights": "ServiceConnect", "primaryKey": "no base64"}]),
        ("short", [{"keyName": "a", "rights": "ServiceConnect", "secondaryKey": "c2hvcnQ="}]),
        ("twice", [{"keyName": one, "rights": "ServiceConnect"} for one in ("a", "A")]),
    ],
)
def test_a_policy_that_would_open_nothing_is_refused(
    azure: LocalAzure, name: str, policies: list[dict[str, str]]
) -> None:
    body = {**BODY, "properties": {"authorizationPolicies": policies}}
    status, _, refused = azure.call("PUT", f"{_HUBS}/policies-{name}", body, _VERSION)
    assert (status, refused["httpStatusCode"]) == (400, 400)


@pytest.fixture(scope="module")
def asking(hub: Hub) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["Authorization"] = hub.token(ttl=600)
        session.params = {"api-version": "2021-04-12"}
        yield session


@settings(max_examples=50)
@given(st.data())
def test_a_device_is_made_or_refused_whatever_is_asked(
    hub: Hub, asking: requests.Session, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(list(_paths(_DEVICE))))
    body = _with(_DEVICE, path, data.draw(_VALUES))
    url = f"https://{hub.host}"
    for method, address in (
        ("PUT", "/devices/drawn"),
        ("PATCH", "/twins/drawn"),
        ("POST", "/devices"),
        ("POST", "/devices/query"),
        ("POST", "/twins/drawn/methods"),
    ):
        content = json.dumps([{**body, "id": "drawn"}] if address == "/devices" else body)
        answer = asking.request(method, f"{url}{address}", data=content)
        assert answer.status_code != 500, (method, address, content)
    asking.delete(f"{url}/devices/drawn", headers={"If-Match": "*"})


@pytest.mark.parametrize("content", ["", "{", "NaN", '{"a": NaN}', '"\\ud800"', "[" * 9999])
def test_what_is_no_json_is_refused(hub: Hub, content: str) -> None:
    answer = hub.ask("PUT", "/devices/d", hub.token(), data=content)
    assert (answer.status_code, answer.headers["iothub-errorcode"]) == (400, "ArgumentInvalid")


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("GET", "/devices", {"params": {"top": "1" * 5000}}),
        ("POST", "/devices/query", {"headers": {"x-ms-max-item-count": "1" * 5000}}),
        ("PATCH", "/twins/named", {"data": b'{"tags": {"a": 1e999}}'}),
        ("PATCH", "/twins/named", {"json": {"tags": {"a": [[[[[[[[[[[1]]]]]]]]]]]}}}),
        ("POST", "/twins/named/methods", {"json": {"methodName": "m" * 70_000}}),
    ],
)
def test_what_nobody_can_mean_is_refused(
    hub: Hub, method: str, path: str, more: dict[str, Any]
) -> None:
    asked = {"json": {"query": "SELECT * FROM devices"}, **more} if "query" in path else more
    hub.ask("PUT", "/devices/named", hub.token(), json={})
    answer = hub.ask(method, path, hub.token(), **asked)
    assert (answer.status_code, answer.headers["iothub-errorcode"]) == (400, "ArgumentInvalid")


@pytest.mark.parametrize("value", ["%" * 22_000, "x" * 65_000])
def test_a_message_whose_properties_no_topic_holds_is_refused(hub: Hub, value: str) -> None:
    hub.ask("PUT", "/devices/named", hub.token(), json={})
    path, header = "/devices/named/messages/devicebound", {"iothub-app-p": value}
    refused = hub.ask("POST", path, hub.token(), data=b"x" * 1000, headers=header)
    assert (refused.status_code, refused.headers["iothub-errorcode"]) == (413, "MessageTooLarge")
    purged = hub.ask("DELETE", "/devices/named/commands", hub.token()).json()
    assert purged["totalMessagesPurged"] == 0


def test_a_hub_closes_what_it_is_told_to(azure: LocalAzure, hub: Hub) -> None:
    device = hub.device()
    changes: Any = {"disableDeviceSAS": True, "disableLocalAuth": True}
    hubs: Any = hub.manager.iot_hub_resource
    body = {**BODY, "properties": changes}
    assert hub.as_device(device, "POST", "/messages/events", data=b"x").status_code == 204
    hubs.begin_create_or_update("g", hub.name, body).result()
    assert hub.as_device(device, "POST", "/messages/events", data=b"x").status_code == 401
    assert hub.ask("GET", "/devices", hub.token()).status_code == 401
    opened = {**BODY, "properties": dict.fromkeys(changes, False)}
    hubs.begin_create_or_update("g", hub.name, opened).result()
    assert hub.ask("GET", "/devices", hub.token()).status_code == 200
    tagged = hubs.begin_update("g", hub.name, {"tags": {"by": "patch"}}).result()
    assert tagged.tags == {"by": "patch"}
    assert azure.call("GET", f"{_HUBS}/{hub.name}", None, _VERSION)[2]["tags"] == {"by": "patch"}


@contextlib.contextmanager
def _taken(beside: str, port: int) -> Iterator[set[str]]:
    """Take a port of the addresses that come first, where this user may and nobody has it."""
    net = beside.rpartition(".")[0]
    with contextlib.ExitStack() as held:
        found = set()
        for number in range(1, 40):
            one = held.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                one.bind((f"{net}.{number}", port))
                found.add(f"{net}.{number}")
        yield found


@pytest.mark.parametrize("port", [8883, 5671])
def test_a_hub_is_where_its_ports_are_free(azure: LocalAzure, hub: Hub, port: int) -> None:
    with _taken(hub.host.partition(":")[0], port) as taken:
        made = Hub.make(azure, f"beside-{port}")
        assert made.host.partition(":")[0] not in taken
        assert made.ask("GET", "/devices", made.token()).status_code == 200


def test_a_hub_without_the_port_of_https_names_another(azure: LocalAzure, hub: Hub) -> None:
    with _taken(hub.host.partition(":")[0], 443):
        made = Hub.make(azure, "other-port-hub")
        assert made.host.partition(":")[2].isdecimal()
        device = made.device()  # azure-iot-hub takes the port
        client = made.mqtt(device)
        assert client.reach() == 0
        client.leave()
        made.registry().send_c2d_message(device.device_id, "hello", {})
        assert made.as_device(device, "GET", "/messages/devicebound").content == b"hello"
