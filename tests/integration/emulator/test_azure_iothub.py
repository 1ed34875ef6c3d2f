"""IoT hubs through the real azure-mgmt-iothub, azure-iot-hub and azure-iot-device, unchanged."""

from __future__ import annotations

import base64
import gc
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.iot.device import IoTHubDeviceClient, Message, MethodRequest, MethodResponse
from azure.iot.device.exceptions import ConnectionFailedError, CredentialError
from azure.iot.hub import IoTHubRegistryManager
from azure.iot.hub.models import (
    CloudToDeviceMethod,
    ExportImportDevice,
    QuerySpecification,
    Twin,
    TwinProperties,
)
from azure.iot.hub.sastoken import SasToken
from azure.mgmt.authorization import AuthorizationManagementClient
from msrest.exceptions import HttpOperationError
from tests import local_azure
from tests.integration.emulator.iothub import BODY, Hub, key_of
from tests.local_azure import LocalAzure

_SUBSCRIPTION = f"/subscriptions/{local_azure.SUBSCRIPTION}"
_SCOPE = "https://iothubs.azure.net/.default"
_DATA_CONTRIBUTOR = "4fc6c259-987e-4a07-842e-c321cc9d413f"
_REGISTRY_CONTRIBUTOR = "4ea46cd5-c1b2-4a8e-910b-273211f9ce47"
_PATIENCE_SECONDS = 20

# azure-iot-device asks for TLS 1.2 by a name that Python would rather forget, and leaves sockets.
pytestmark = [
    pytest.mark.filterwarnings("ignore:ssl.PROTOCOL_TLS:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Exception ignored in. <socket"),
]


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """Where a minute of Azure's takes 60 milliseconds."""
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    service.call("PUT", f"{_SUBSCRIPTION}/resourceGroups/g", {"location": "westeurope"})
    yield service
    service.end()
    gc.collect()  # so that what clients left is found here, and by no other test


@pytest.fixture(autouse=True)
def _trusting(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, azure.ca)


@pytest.fixture(scope="module")
def hub(azure: LocalAzure) -> Hub:
    return Hub.make(azure, "shared-hub")


def _until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_hub_is_active_at_a_host_of_its_own(azure: LocalAzure, hub: Hub) -> None:
    other = Hub.make(azure, "another-hub")
    found = hub.manager.iot_hub_resource.get("g", hub.name)
    assert found.properties.state == "Active"
    assert found.properties.provisioning_state == "Succeeded"
    assert hub.host.partition(":")[0] != other.host.partition(":")[0]
    listed = hub.manager.iot_hub_resource.list_by_resource_group("g")
    assert {one.name for one in listed} >= {hub.name, other.name}


def test_a_hub_is_changed_by_who_saw_how_it_is(azure: LocalAzure) -> None:
    hub = Hub.make(azure, "changed-hub")
    hubs: Any = hub.manager.iot_hub_resource
    seen = hubs.get("g", hub.name)
    tagged = {**BODY, "tags": {"of": "first"}}
    made = hubs.begin_create_or_update("g", hub.name, tagged, if_match=seen.etag).result()
    assert made.tags == {"of": "first"}
    with pytest.raises(HttpResponseError) as refused:
        hubs.begin_create_or_update("g", hub.name, BODY, if_match=seen.etag)
    assert refused.value.status_code == 412
    assert hubs.get("g", hub.name).properties.host_name == hub.host


def test_a_hub_as_it_was_read_can_be_written_back(hub: Hub) -> None:
    hubs: Any = hub.manager.iot_hub_resource
    seen = hubs.get("g", hub.name)
    written = hubs.begin_create_or_update("g", hub.name, seen, if_match=seen.etag).result()
    assert written.properties.host_name == hub.host
    assert written.sku.as_dict() == seen.sku.as_dict()


def test_a_name_is_one_hubs_and_free_again_once_that_is_deleted(azure: LocalAzure) -> None:
    hub = Hub.make(azure, "deleted-hub")
    azure.call("PUT", f"{_SUBSCRIPTION}/resourceGroups/other", {"location": "westeurope"})
    hubs: Any = hub.manager.iot_hub_resource
    with pytest.raises(HttpResponseError) as refused:
        hubs.begin_create_or_update("other", hub.name, BODY)
    assert refused.value.status_code == 409
    assert hubs.check_name_availability({"name": hub.name}).name_available is False
    hubs.begin_delete("g", hub.name).result()
    assert hubs.check_name_availability({"name": hub.name}).name_available is True
    with pytest.raises(ResourceNotFoundError):
        hubs.get("g", hub.name)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((hub.host.partition(":")[0], 8883), timeout=5)


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"routing": {"endpoints": {"eventHubs": [{"name": "e"}]}}}, "Event Grid"),
        ({"ipFilterRules": [{"action": "Accept", "filterName": "f", "ipMask": "::"}]}, "ipFilter"),
        ({"colour": "red"}, "colour"),
        (
            {
                "routing": {
                    "routes": [
                        _ROUTE := {
                            "name": "r",
                            "source": "DeviceMessages",
                            "endpointNames": ["mine"],
                            "isEnabled": True,
                        }
                    ]
                }
            },
            "endpoint that is not there",
        ),
    ],
)
def test_what_a_hub_does_not_do_here_is_refused(
    azure: LocalAzure, properties: dict[str, Any], words: str
) -> None:
    path = f"{_SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Devices/IotHubs/refused-hub"
    body = {**BODY, "properties": properties}
    status, _, answered = azure.call("PUT", path, body, "2023-06-30")
    assert status == 400
    assert words in (answered.get("message") or answered["error"]["message"])


def test_keys_are_those_of_its_policies(hub: Hub) -> None:
    listed = list(hub.manager.iot_hub_resource.list_keys("g", hub.name))
    rights = {one.key_name: one.rights for one in listed}
    assert rights == {
        "iothubowner": "RegistryWrite, ServiceConnect, DeviceConnect",
        "service": "ServiceConnect",
        "device": "DeviceConnect",
        "registryRead": "RegistryRead",
        "registryReadWrite": "RegistryWrite",
    }
    assert len({one.primary_key for one in listed}) == len(listed)


def test_consumer_groups_are_kept(hub: Hub) -> None:
    hubs: Any = hub.manager.iot_hub_resource
    group = {"properties": {"name": "readers"}}
    hubs.create_event_hub_consumer_group("g", hub.name, "events", "readers", group)
    listed = hubs.list_event_hub_consumer_groups("g", hub.name, "events")
    assert [one.name for one in listed] == ["readers"]
    hubs.delete_event_hub_consumer_group("g", hub.name, "events", "readers")
    assert not list(hubs.list_event_hub_consumer_groups("g", hub.name, "events"))


def test_devices_are_made_changed_and_deleted(hub: Hub) -> None:
    registry, device = hub.registry(), hub.device()
    found: Any = registry.get_device(device.device_id)
    assert len(base64.b64decode(key_of(found))) == 32
    changed: Any = registry.update_device_with_sas(
        device.device_id, found.etag, key_of(found), key_of(found), "disabled"
    )
    assert (changed.status, changed.etag == found.etag) == ("disabled", False)
    with pytest.raises(HttpOperationError, match="Precondition Failed"):
        registry.delete_device(device.device_id, etag=found.etag)
    registry.delete_device(device.device_id, etag=changed.etag)
    with pytest.raises(HttpOperationError, match="Not Found"):
        registry.get_device(device.device_id)


def test_a_device_that_is_there_is_not_made_again(hub: Hub) -> None:
    device = hub.device()
    with pytest.raises(HttpOperationError, match="Conflict"):
        hub.registry().create_device_with_sas(device.device_id, "", "", "enabled")


def test_devices_are_made_in_bulk_each_by_itself(hub: Hub) -> None:
    registry, there = hub.registry(), hub.device()
    names = ("bulk-1", "bulk-2", there.device_id)
    told: Any = registry.bulk_create_or_update_devices(
        [ExportImportDevice(id=name, import_mode="create", status="enabled") for name in names]
    )
    assert (told.is_successful, [one.device_id for one in told.errors]) == (False, [names[-1]])
    found = {one.device_id for one in registry.get_devices()}
    assert found >= set(names)
    counted: Any = registry.get_device_registry_statistics()
    assert counted.total_device_count == len(found)


def test_a_twin_holds_tags_and_desired_properties_that_are_merged(hub: Hub) -> None:
    registry, device = hub.registry(), hub.device()
    name = device.device_id
    first = Twin(tags={"room": "hall"}, properties=TwinProperties(desired={"a": {"b": 1, "c": 2}}))
    made: Any = registry.update_twin(name, first, "*")
    second = Twin(properties=TwinProperties(desired={"a": {"b": None, "d": 3}}))
    after: Any = registry.update_twin(name, second, made.etag)
    assert after.tags == {"room": "hall"}
    assert after.properties.desired["a"] == {"c": 2, "d": 3}
    assert after.properties.desired["$version"] == made.properties.desired["$version"] + 1
    assert "b" not in after.properties.desired["$metadata"]["a"]
    with pytest.raises(HttpOperationError, match="Precondition Failed"):
        registry.update_twin(name, second, made.etag)
    replaced: Any = registry.replace_twin(name, Twin(tags={"floor": 1}), "*")
    assert (replaced.tags, replaced.properties.desired.get("a")) == ({"floor": 1}, None)


def test_twins_are_found_by_a_query_page_by_page(hub: Hub) -> None:
    registry = hub.registry()
    names = sorted(hub.device().device_id for _ in range(3))
    for number, name in enumerate(names):
        registry.update_twin(name, Twin(tags={"queried": number}), "*")
    asked = QuerySpecification(query="SELECT * FROM devices WHERE tags.queried >= 0")
    found, more = [], None
    for _ in names:
        page: Any = registry.query_iot_hub(asked, more, 1)
        found += [one.device_id for one in page.items]
        more = page.continuation_token
    assert (found, more) == (names, None)
    with pytest.raises(HttpOperationError, match="Bad Request"):
        registry.query_iot_hub(QuerySpecification(query="SELECT deviceId FROM devices"))


@pytest.mark.parametrize(
    "token",
    [
        lambda _: "",
        lambda _: "Bearer nothing",
        lambda _: "SharedAccessSignature nothing",
        lambda hub: hub.token("registryReadWrite", ttl=-1),
        lambda hub: hub.token("service"),
        lambda hub: str(SasToken("127.0.0.1", hub.key("iothubowner"), "iothubowner")),
        lambda hub: str(SasToken(hub.host, base64.b64encode(b"k" * 32).decode(), "iothubowner")),
        lambda hub: str(SasToken(hub.host, hub.key("iothubowner"), "nobody")),
        lambda hub: str(
            SasToken(f"{hub.host}/devices/other", hub.key("iothubowner"), "iothubowner")
        ),
    ],
    ids=["none", "bearer", "bad", "late", "right", "host", "key", "policy", "resource"],
)
def test_who_proves_nothing_is_refused(hub: Hub, token: Callable[[Hub], str]) -> None:
    answer = hub.ask("PUT", "/devices/nobody", token(hub), json={"deviceId": "nobody"})
    assert answer.status_code == 401
    assert answer.headers["iothub-errorcode"] == "IotHubUnauthorizedAccess"


def test_a_device_opens_nothing_but_itself(hub: Hub) -> None:
    device, other = hub.device(), hub.device()
    named = f"/devices/{other.device_id}/messages/events"
    token = str(SasToken(f"{hub.host}/devices/{device.device_id}", key_of(device)))
    assert hub.ask("POST", named, token, data=b"x").status_code == 401
    assert hub.ask("GET", f"/devices/{device.device_id}", token).status_code == 401
    assert hub.as_device(device, "POST", "/messages/events", data=b"x").status_code == 204


def _assign(azure: LocalAzure, hub: Hub, role: str) -> None:
    """Give the tenant's application a role over a hub."""
    roles: Any = azure.client(AuthorizationManagementClient)
    scope = hub.manager.iot_hub_resource.get("g", hub.name).id
    definitions = f"{_SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/"
    assigned = {
        "principal_id": azure.issuer.application_id,
        "role_definition_id": definitions + role,
        "principal_type": "ServicePrincipal",
    }
    roles.role_assignments.create(scope, str(uuid.uuid4()), assigned)


def test_a_service_signs_in_with_a_role_over_the_hub(azure: LocalAzure) -> None:
    hub = Hub.make(azure, "signed-in-hub")
    bearer = f"Bearer {azure.credential().get_token(_SCOPE).token}"
    assert hub.ask("GET", "/devices", bearer).status_code == 401
    _assign(azure, hub, _REGISTRY_CONTRIBUTOR)
    assert hub.ask("GET", "/devices", bearer).status_code == 200
    assert hub.ask("GET", "/twins/any", bearer).status_code == 401
    registry: Any = IoTHubRegistryManager.from_token_credential(hub.host, azure.credential())
    device = registry.create_device_with_sas("d", "", "", "enabled")
    with pytest.raises(Exception, match="Token authentication failed"):
        registry.send_c2d_message("d", "hello", {})
    _assign(azure, hub, _DATA_CONTRIBUTOR)
    registry = IoTHubRegistryManager.from_token_credential(hub.host, azure.credential())
    registry.send_c2d_message("d", "hello", {})
    assert hub.as_device(device, "GET", "/messages/deviceBound").content == b"hello"


def test_messages_wait_for_a_device_that_asks_by_https(hub: Hub) -> None:
    device, token = hub.device(), hub.token("service")
    path, asked = f"/devices/{device.device_id}/messages/devicebound", "/messages/deviceBound"
    for body in (b"first", b"second"):
        sent = hub.ask("POST", path, token, data=body, headers={"iothub-app-colour": "red"})
        assert sent.status_code == 204
    first = hub.as_device(device, "GET", asked)
    assert (first.content, first.headers["iothub-app-colour"]) == (b"first", "red")
    second = hub.as_device(device, "GET", asked)
    assert second.content == b"second"
    assert hub.as_device(device, "GET", asked).status_code == 204
    lock, other = (one.headers["etag"].strip('"') for one in (first, second))
    assert hub.as_device(device, "POST", f"{asked}/{lock}/abandon").status_code == 204
    again = hub.as_device(device, "GET", asked)
    assert (again.content, again.headers["iothub-deliverycount"]) == (b"first", "2")
    assert hub.as_device(device, "DELETE", f"{asked}/{lock}").status_code == 412
    for one in (again.headers["etag"].strip('"'), other):
        assert hub.as_device(device, "DELETE", f"{asked}/{one}").status_code == 204
    found: Any = hub.registry().get_device(device.device_id)
    assert found.cloud_to_device_message_count == 0


def test_a_message_that_nobody_could_be_told_of_is_refused(hub: Hub) -> None:
    path, token = f"/devices/{hub.device().device_id}/messages/devicebound", hub.token("service")
    late = {"iothub-expiry": "2020-01-01T00:00:00Z"}
    assert hub.ask("POST", path, token, data=b"x", headers=late).status_code == 400
    asks = {"iothub-ack": "full"}
    assert hub.ask("POST", path, token, data=b"x", headers=asks).status_code == 501
    assert hub.ask("POST", path, token, data=b"x" * (64 * 1024 + 1)).status_code == 413


def test_a_message_that_the_service_sdk_sends_by_amqp_reaches_its_device(hub: Hub) -> None:
    device, registry = hub.device(), hub.registry()
    told = {"colour": "red\r\nblue: é", "a b": 5, "messageId": "m 1", "contentType": "text/plain"}
    registry.send_c2d_message(device.device_id, "hello", told)
    long = "x" * (60 * 1024)
    registry.send_c2d_message(device.device_id, long, {})
    first = hub.as_device(device, "GET", "/messages/deviceBound")
    assert first.content == b"hello"
    assert first.headers["iothub-messageid"] == "m 1"
    assert first.headers["content-type"] == "text/plain"
    assert first.headers["iothub-app-colour"] == "red%0D%0Ablue: %C3%A9"
    assert first.headers["iothub-app-a%20b"] == "5"
    assert hub.as_device(device, "GET", "/messages/deviceBound").content == long.encode()
    with pytest.raises(Exception, match="C2D message send failure"):
        registry.send_c2d_message("nobody", "hello", {})
    with pytest.raises(Exception, match="C2D message send failure"):
        registry.send_c2d_message(device.device_id, "hello", {"iothub-ack": "full"})
    token, queue = hub.token(), f"/devices/{device.device_id}/commands"
    for number in range(110):  # more than may be sent without a word of the hub's
        if number % 40 == 0:
            assert hub.ask("DELETE", queue, token).status_code == 200
        registry.send_c2d_message(device.device_id, "hello", {})
    assert hub.ask("DELETE", queue, token).json()["totalMessagesPurged"] == 30


def test_a_service_without_the_right_sends_nothing_by_amqp(hub: Hub) -> None:
    with pytest.raises(Exception, match="Token authentication failed"):
        hub.registry("device").send_c2d_message(hub.device().device_id, "hello", {})


@pytest.fixture
def connected(hub: Hub) -> Iterator[tuple[str, IoTHubDeviceClient]]:
    device = hub.device()
    client = hub.client(device)
    client.connect()
    yield str(device.device_id), client
    client.shutdown()


def test_a_device_is_connected_while_it_is(hub: Hub) -> None:
    registry, device = hub.registry(), hub.device()
    client = hub.client(device)
    client.connect()
    found: Any = registry.get_device(device.device_id)
    assert found.connection_state == "Connected"
    counted: Any = registry.get_service_statistics()
    assert counted.connected_device_count >= 1
    client.shutdown()
    _until(lambda: registry.get_device(device.device_id).connection_state == "Disconnected")


def test_a_device_with_another_key_is_not_let_in(hub: Hub) -> None:
    device, other = hub.device(), hub.device()
    client = IoTHubDeviceClient.create_from_connection_string(
        hub.connection_string(device).replace(key_of(device), key_of(other)),
        connection_retry=False,
    )
    with pytest.raises((CredentialError, ConnectionFailedError)):
        client.connect()
    client.shutdown()


def test_a_device_that_is_disabled_is_let_go_of(
    hub: Hub, connected: tuple[str, IoTHubDeviceClient]
) -> None:
    name, client = connected
    found: Any = hub.registry().get_device(name)
    hub.registry().update_device_with_sas(name, found.etag, "", "", "disabled")
    _until(lambda: not client.connected)


def test_the_newer_of_two_connections_of_a_device_stays(hub: Hub) -> None:
    device = hub.device()
    first, second = (
        IoTHubDeviceClient.create_from_connection_string(
            hub.connection_string(device), connection_retry=False
        )
        for _ in range(2)
    )
    first.connect()
    second.connect()
    _until(lambda: not first.connected)
    assert second.connected
    for client in (first, second):
        client.shutdown()


def test_a_device_reports_and_is_told_what_is_desired(
    hub: Hub, connected: tuple[str, IoTHubDeviceClient]
) -> None:
    name, client = connected
    told: list[Any] = []
    client.on_twin_desired_properties_patch_received = told.append
    client.patch_twin_reported_properties({"temperature": 20})
    registry = hub.registry()
    registry.update_twin(name, Twin(properties=TwinProperties(desired={"rate": 5})), "*")
    _until(lambda: told)
    assert told == [{"rate": 5, "$version": 2}]
    twin: Any = client.get_twin()
    assert twin["desired"] == {"rate": 5, "$version": 2}
    assert twin["reported"] == {"temperature": 20, "$version": 2}
    found: Any = registry.get_twin(name)
    assert found.properties.reported["temperature"] == 20


def test_a_device_answers_calls(hub: Hub, connected: tuple[str, IoTHubDeviceClient]) -> None:
    name, client = connected

    def answer(request: MethodRequest) -> None:
        payload = {"called": request.name, "with": request.payload}
        response = MethodResponse.create_from_method_request(request, 207, payload)
        client.send_method_response(response)

    client.on_method_request_received = answer
    call = CloudToDeviceMethod(method_name="blink twice", payload=[1, 2])
    call.connect_timeout_in_seconds = 10
    answered: Any = hub.registry().invoke_device_method(name, call)
    assert answered.status == 207
    assert answered.payload == {"called": "blink twice", "with": [1, 2]}


def test_a_call_to_a_device_that_is_away_is_refused(hub: Hub) -> None:
    named = f"/twins/{hub.device().device_id}/methods"
    answer = hub.ask("POST", named, hub.token("service"), json={"methodName": "m"})
    assert answer.status_code == 404
    assert "404103" in answer.json()["Message"]


def test_messages_reach_a_device_by_mqtt_also_those_that_waited(hub: Hub) -> None:
    device, token = hub.device(), hub.token("service")
    path = f"/devices/{device.device_id}/messages/devicebound"
    taken: list[Message] = []
    client = hub.client(device)
    client.on_message_received = taken.append
    client.connect()
    told = {
        "iothub-app-a&b": "c=d %",
        "iothub-messageid": "m 1",
        "iothub-contenttype": "text/plain",
    }
    assert hub.ask("POST", path, token, data=b"now", headers=told).status_code == 204
    _until(lambda: taken)
    client.disconnect()
    assert hub.ask("POST", path, token, data=b"later").status_code == 204
    client.connect()
    _until(lambda: len(taken) == 2)
    client.shutdown()
    assert [one.data for one in taken] == [b"now", b"later"]
    assert taken[0].custom_properties == {"a&b": "c=d %"}
    assert (taken[0].message_id, taken[0].content_type) == ("m 1", "text/plain")
    found: Any = hub.registry().get_device(device.device_id)
    _until(lambda: hub.registry().get_device(device.device_id).cloud_to_device_message_count == 0)
    assert found.device_id == device.device_id


def test_what_is_not_served_is_refused_by_name(hub: Hub) -> None:
    token = hub.token()
    for method, path in (("GET", "/configurations"), ("PUT", "/devices/d/modules/m")):
        answer = hub.ask(method, path, token, json={})
        assert answer.status_code == 501
        assert path in answer.json()["Message"]
    assert requests.get(f"https://{hub.host}/devices", timeout=20).status_code == 400


def test_a_hub_is_back_at_its_address_after_a_kill(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = tmp_path_factory.mktemp("killed") / "location"
    service = local_azure.start(location, "--scale", "1000")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", service.ca)
    service.call("PUT", f"{_SUBSCRIPTION}/resourceGroups/g", {"location": "westeurope"})
    hub = Hub.make(service, "killed-hub")
    device = hub.device()
    path = f"/devices/{device.device_id}/messages/devicebound"
    assert hub.ask("POST", path, hub.token(), data=b"kept").status_code == 204
    service.kill()
    service = local_azure.start(location, "--scale", "1000")
    try:
        back = Hub.find(service, "killed-hub")
        assert back.host == hub.host
        assert back.as_device(device, "GET", "/messages/devicebound").content == b"kept"
    finally:
        service.end()
