"""A local Azure that was killed while it deleted, and one whose files somebody damaged."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests import local_azure
from tests.local_azure import SUBSCRIPTION, LocalAzure

_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g"
_FLOWS = f"{_GROUP}/providers/Microsoft.Logic/workflows"
_FLOW_VERSION = "2019-05-01"
_ROLES_VERSION = "2022-04-01"
_SCHEMA = "/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#"
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_PATIENCE_SECONDS = 20


@dataclass
class _Answered:
    """What was answered while a deletion went on, and where it went on after a kill."""

    meanwhile: int
    after: LocalAzure


@pytest.fixture(scope="module")
def silent() -> Iterator[str]:
    """An address that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, silent: str) -> Iterator[_Answered]:
    location = tmp_path_factory.mktemp("azure") / "location"
    first = local_azure.start(location, "--scale", "1000")
    try:
        first.call("PUT", _GROUP, {"location": "westus"})
        for name in ("going", "damaged", "sound"):
            first.call("PUT", f"{_FLOWS}/{name}", _workflow(silent), _FLOW_VERSION)
        _begin_a_deletion_that_lasts(first, "going")
        assignment = f"/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
        body = {"roleDefinitionId": _READER, "principalId": first.issuer.application_id}
        path = f"{_FLOWS}/going{assignment}"
        meanwhile = first.call("PUT", path, {"properties": body}, _ROLES_VERSION)[0]
    finally:
        first.kill()
    for file in (location / "logic" / SUBSCRIPTION / "g" / "damaged").iterdir():
        file.write_bytes(b"no database" * 400)
    second = local_azure.start(location, "--scale", "1000")
    yield _Answered(meanwhile, second)
    second.end()


def _workflow(silent: str) -> Any:  # noqa: ANN401 - JSON
    """Return a workflow whose caller waits for as long as an address says nothing."""
    call = {"type": "Http", "inputs": {"method": "GET", "uri": silent}}
    answer = {"type": "Response", "inputs": {"statusCode": 200}, "runAfter": {"call": []}}
    definition = {
        "$schema": f"https://schema.management.azure.com/providers{_SCHEMA}",
        "triggers": {"manual": {"type": "Request"}},
        "actions": {"call": call, "answer": answer},
    }
    return {"location": "westus", "properties": {"definition": definition}}


def _begin_a_deletion_that_lasts(azure: LocalAzure, name: str) -> None:
    """Delete a workflow that answers somebody: it waits for that."""
    path = f"{_FLOWS}/{name}"
    trusting = ssl.create_default_context(cafile=azure.ca)
    told = azure.call("POST", f"{path}/listCallbackUrl", version=_FLOW_VERSION)[2]["value"]
    parts = urlsplit(told)
    _send(parts.netloc, trusting, "POST", f"{parts.path}?{parts.query}", "")
    _until(lambda: bool(azure.call("GET", f"{path}/runs", version=_FLOW_VERSION)[2]["value"]))
    manager = azure.url.removeprefix("https://")
    token = azure.issuer.application_token(local_azure.MANAGER)
    _send(manager, trusting, "DELETE", f"{path}?api-version={_FLOW_VERSION}", token)
    _until(lambda: _state(azure, path) == "Deleting")


def _send(host: str, trusting: ssl.SSLContext, method: str, path: str, token: str) -> None:
    def wait() -> None:
        connection = http.client.HTTPSConnection(host, timeout=20, context=trusting)
        with suppress(OSError, http.client.HTTPException):
            connection.request(method, path, headers={"authorization": f"Bearer {token}"})
            connection.getresponse()
        connection.close()

    threading.Thread(target=wait, daemon=True).start()


def _state(azure: LocalAzure, path: str) -> str:
    told = azure.call("GET", path, version=_FLOW_VERSION)[2]
    return str(told.get("properties", {}).get("provisioningState"))


def _until(so: Any) -> None:  # noqa: ANN401 - what is asked
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_nothing_comes_to_lie_in_what_is_deleted(answered: _Answered) -> None:
    assert answered.meanwhile == 409


def test_a_deletion_that_a_kill_cut_short_goes_on(answered: _Answered) -> None:
    azure = answered.after
    assert azure.call("GET", f"{_FLOWS}/going", version=_FLOW_VERSION)[0] == 404
    assert not list(azure.location.glob("logic/*/*/going"))


def test_what_cannot_be_served_keeps_nothing_else_from_it(answered: _Answered) -> None:
    azure = answered.after
    assert azure.call("GET", f"{_FLOWS}/sound/runs", version=_FLOW_VERSION)[0] == 200
    assert azure.call("GET", f"{_FLOWS}/damaged", version=_FLOW_VERSION)[0] == 200
    status, _, told = azure.call("GET", f"{_FLOWS}/damaged/runs", version=_FLOW_VERSION)
    assert (status, told["error"]["code"]) == (503, "ServerUnavailable")
    assert azure.call("DELETE", f"{_FLOWS}/damaged", version=_FLOW_VERSION)[0] == 200
    made = azure.call("PUT", f"{_FLOWS}/damaged", _workflow("http://localhost"), _FLOW_VERSION)
    assert made[0] == 201
    assert azure.call("GET", f"{_FLOWS}/damaged/runs", version=_FLOW_VERSION)[0] == 200
