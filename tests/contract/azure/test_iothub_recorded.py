"""IoT hubs against recorded exchanges, and a device of the registry against others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import ssl
import time
from typing import Any
from urllib.parse import quote

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_STORIES = stories("iothub")
_DEVICE = "device identity"
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_HUB = f"{_GROUP}/providers/Microsoft.Devices/IotHubs/{{iotHub}}"
_VERSION = "2023-06-30-preview"
_MADE = {"location": "westus2", "sku": {"name": "S1", "capacity": 1}, "properties": {}}
_NOT_FOUND = 404


def _wait_for_end(replay: Replay, exchange: dict[str, Any]) -> None:
    """Wait until what goes on of the hub has ended, where the recorded client had waited."""
    if (exchange["response_body"] or {}).get("status") != "Succeeded":
        return
    deadline = time.monotonic() + 20
    while True:
        status, _, hub = replay.azure.call("GET", replay.filled(_HUB), None, _VERSION)
        if status == _NOT_FOUND or hub["properties"]["provisioningState"] == "Succeeded":
            return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _replay(azure: LocalAzure, story: str) -> Replay:
    number = list(_STORIES).index(story)
    replay = Replay(azure, {"resourceGroup": f"hubs-{number}", "iotHub": f"hub-recorded-{number}"})
    replay.do("PUT", _GROUP, {"location": "westus2"})
    return replay


@pytest.mark.parametrize("story", [one for one in _STORIES if one != _DEVICE])
def test_hubs_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    replay = _replay(azure, story)
    if story not in {"create, wait for Active, delete", "bad requests"}:
        replay.do("PUT", _HUB, _MADE, _VERSION)
        replay.wait(_HUB, _VERSION)
    for exchange in _STORIES[story]:
        _wait_for_end(replay, exchange)
        replay.tell(exchange)


def test_a_device_of_the_registry_answers_as_recorded(azure: LocalAzure) -> None:
    replay = _replay(azure, _DEVICE)
    replay.do("PUT", _HUB, _MADE, _VERSION)
    replay.wait(_HUB, _VERSION)
    host = replay.do("GET", _HUB, None, _VERSION)["properties"]["hostName"]
    listed = replay.do("POST", f"{_HUB}/listkeys", None, _VERSION)["value"]
    key = next(one["primaryKey"] for one in listed if one["keyName"] == "iothubowner")
    matches = ('""', None, "*", "*", '"MjQxNzkxMTk4"')
    etag = ""
    for exchange, match in zip(_STORIES[_DEVICE], matches, strict=True):
        if exchange["status"] == 412:
            etag = ""
            _device(azure, host, key, "PUT", {"deviceId": "recorded"}, '""')
            _device(azure, host, key, "PUT", {"deviceId": "recorded"}, "*")
        body = json.loads(json.dumps(exchange["request_body"]).replace("{deviceId}", "recorded"))
        if body and "generationId" in body:
            body["authentication"]["symmetricKey"] = {}
        status, headers, answered = _device(azure, host, key, exchange["method"], body, match)
        assert status == exchange["status"]
        for name, value in exchange["response_headers"].items():
            assert name in headers
            if name == "iothub-errorcode":
                assert headers[name] == value
        recorded = exchange["response_body"]
        if recorded is None:
            assert answered is None
            continue
        # Its first answer alone tells of parents, and of times without a zone.
        assert answered.keys() == recorded.keys() - {"parentScopes"}
        for name in ("status", "connectionState", "statusReason", "cloudToDeviceMessageCount"):
            assert answered.get(name) == recorded.get(name)
        if "Message" in recorded:
            assert answered["Message"] == recorded["Message"]
            assert answered["ExceptionMessage"].startswith("Tracking ID:")
            continue
        assert headers["etag"] == f'"{answered["etag"]}"'
        is_write = exchange["method"] == "PUT"
        assert (answered["etag"] != etag) is is_write
        etag = answered["etag"]


def _device(
    azure: LocalAzure, host: str, key: str, method: str, body: object, match: str | None
) -> tuple[int, dict[str, str], Any]:
    until = int(time.time()) + 60
    signed = hmac.new(base64.b64decode(key), f"{host}\n{until}".encode(), hashlib.sha256)
    digest = quote(base64.b64encode(signed.digest()), safe="")
    token = f"SharedAccessSignature sr={host}&sig={digest}&se={until}&skn=iothubowner"
    headers = {"authorization": token, "content-type": "application/json"}
    if match is not None:
        headers["if-match"] = match
    trusting = ssl.create_default_context(cafile=azure.ca)
    connection = http.client.HTTPSConnection(host, timeout=20, context=trusting)
    content = None if body is None else json.dumps(body)
    connection.request(method, "/devices/recorded?api-version=2020-03-13", content, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    names = {name.lower(): value for name, value in answer.headers.items()}
    return answer.status, names, json.loads(text) if text else None
