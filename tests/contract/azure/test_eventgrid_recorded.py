"""Topics, system topics and event subscriptions against recorded exchanges."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.local_azure import LocalAzure

_STORIES = stories("eventgrid")
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_HUB = f"{_GROUP}/providers/Microsoft.Devices/IotHubs/{{storageAccount}}"
_OF_HUBS = {"event subscription on a storage account", "system topic and its event subscription"}
_FAULT = "server error"
_VERSION = "2022-06-15"
_DEVICES = tuple(
    f"Microsoft.Devices.Device{what}"
    for what in ("Created", "Deleted", "Connected", "Disconnected", "Telemetry")
)


@pytest.fixture(scope="module")
def webhook() -> Iterator[str]:
    """A webhook that wants every event it is offered."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (event,) = json.loads(self.rfile.read(int(self.headers["content-length"])))
            told = {"validationResponse": event["data"]["validationCode"]}
            content = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("story", [one for one in _STORIES if one != _FAULT])
def test_event_grid_answers_as_recorded(azure: LocalAzure, story: str, webhook: str) -> None:
    number = list(_STORIES).index(story)
    groups = dict.fromkeys(("resourceGroup", "resourceGroup2"), f"events-{number}")
    replay = Replay(azure, {**groups, "storageAccount": f"events{number}"})
    replay.do("PUT", _GROUP, {"location": "centraluseuap"})
    if story in _OF_HUBS:
        hub = {"location": "centraluseuap", "sku": {"name": "S1", "capacity": 1}, "properties": {}}
        replay.do("PUT", _HUB, hub, "2023-06-30")
        _until_active(replay)
    elif story == "system topic with identity":
        account = {"location": "westus", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
        path = f"{_GROUP}/providers/Microsoft.Storage/storageAccounts/{{storageAccount}}"
        replay.do("PUT", path, account, "2023-05-01")
    for exchange in _STORIES[story]:
        told = json.loads(json.dumps(exchange).replace("azure.com:443/", "azure.com/"))
        told["api_version"] = _VERSION  # previews are not served
        if "operationsStatus" in told["path"]:
            _until_ended(replay)
        replay.tell(_of_hub(told, webhook) if story in _OF_HUBS else told)


def _of_hub(exchange: dict[str, Any], webhook: str) -> dict[str, Any]:
    """Return what was told of a storage account as told of a hub, and of a webhook that is here.

    Nobody tells here what happens in storage accounts; the exchanges are Event Grid's all the same.
    """
    text = json.dumps(exchange)
    for old, new in (
        ("Microsoft.Storage/storageAccounts", "Microsoft.Devices/IotHubs"),
        ("microsoft.storage/storageaccounts", "microsoft.devices/iothubs"),
        ("microsoft.storage.storageaccounts", "microsoft.devices.iothubs"),
        ("https://{site}.azurewebsites.net", webhook),
        ("Microsoft.Storage.BlobCreated", _DEVICES[0]),
        ("Microsoft.Storage.BlobDeleted", _DEVICES[1]),
    ):
        text = text.replace(old, new)
    found: dict[str, Any] = json.loads(text)
    return found


def _until_active(replay: Replay) -> None:
    path = replay.filled(_HUB)
    _until(lambda: replay.do("GET", path, None, "2023-06-30")["properties"]["state"] == "Active")


def _until_ended(replay: Replay) -> None:
    """Wait until the last operation has ended, as the recorded clients did."""
    _until(lambda: replay.azure.call("GET", replay.followed)[2]["status"] != "Running")


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
