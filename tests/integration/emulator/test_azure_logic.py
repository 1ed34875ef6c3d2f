"""Workflows of the local Azure: made by Microsoft's client, run by a request, read as a history."""

from __future__ import annotations

import http.client
import http.server
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.logic import LogicManagementClient
from azure.mgmt.logic.models import GetCallbackUrlParameters, RegenerateActionParameter, Workflow
from tests import local_azure
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

_GROUP = "flows"
_SCHEMA = (
    "https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01"
    "/workflowdefinition.json#"
)


def _definition(actions: dict[str, Any], **more: object) -> dict[str, Any]:
    return {
        "$schema": _SCHEMA,
        "contentVersion": "1.0.0.0",
        "triggers": {"manual": {"type": "Request", "kind": "Http", "inputs": {"schema": {}}}},
        "actions": actions,
        **more,
    }


def _response(body: object, after: dict[str, list[str]] | None = None) -> dict[str, Any]:
    inputs = {"statusCode": 200, "body": body}
    return {"type": "Response", "inputs": inputs, "runAfter": after or {}}


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    group(service, _GROUP)
    yield service
    service.end()


@pytest.fixture
def logic(azure: LocalAzure) -> LogicManagementClient:
    return azure.client(LogicManagementClient)


def _made(logic: LogicManagementClient, name: str, definition: dict[str, Any]) -> str:
    """Make a workflow; return the address that starts it."""
    workflow = Workflow(location="westeurope", definition=definition)
    logic.workflows.create_or_update(_GROUP, name, workflow)
    found = logic.workflow_triggers.list_callback_url(_GROUP, name, "manual")
    assert str(found.method) == "POST"
    return str(found.value)


def _runs(logic: LogicManagementClient, name: str) -> list[Any]:
    """Return the runs of a workflow; the SDK's annotations say pages where it gives runs."""
    return list(logic.workflow_runs.list(_GROUP, name))


def _statuses(logic: LogicManagementClient, name: str, run: Any) -> dict[str, str]:  # noqa: ANN401 - see there
    found: list[Any] = list(logic.workflow_run_actions.list(_GROUP, name, run.name))
    return {one.name: one.status for one in found}


def _post(
    azure: LocalAzure, url: str, body: object = None, method: str = "POST"
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    trusting = ssl.create_default_context(cafile=azure.ca)
    connection = http.client.HTTPSConnection(parts.netloc, timeout=20, context=trusting)
    data = None if body is None else json.dumps(body)
    path = f"{parts.path}?{parts.query}"
    connection.request(method, path, data, {"content-type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, {name.lower(): one for name, one in answer.headers.items()}, content


class _Called:
    """An address that remembers what it was told, and answers as it is told to."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, bytes]] = []
        self.status = 200
        called = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                called.told.append((self.path, self.headers.get("x-device", ""), body))
                answer = b'{"accepted": true}'
                self.send_response(called.status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self._thread = threading.Thread(target=self.server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def called() -> Iterator[_Called]:
    made = _Called()
    yield made
    made.close()


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def test_a_request_runs_a_workflow_and_its_history_tells(
    azure: LocalAzure, logic: LogicManagementClient, called: _Called
) -> None:
    notify = {
        "type": "Http",
        "inputs": {
            "method": "POST",
            "uri": f"{called.url}/notify",
            "headers": {"x-device": "@triggerBody()?['device']"},
            "body": {"text": "@{parameters('word')}: @{triggerBody()['value']}", "mail": "a@@b"},
        },
        "runAfter": {},
    }
    answer = _response({"told": "@body('notify')['accepted']"}, {"notify": ["Succeeded"]})
    word = {"word": {"type": "String", "defaultValue": "warm"}}
    definition = _definition({"answer": answer, "notify": notify}, parameters=word)
    url = _made(logic, "notify", definition)

    status, headers, content = _post(azure, url, {"device": "d1", "value": 21.5})
    assert (status, json.loads(content)) == (200, {"told": True})
    ((path, device, body),) = called.told
    assert (path, device) == ("/notify", "d1")
    assert json.loads(body) == {"text": "warm: 21.5", "mail": "a@b"}

    (run,) = _runs(logic, "notify")
    assert (run.name, run.status) == (headers["x-ms-workflow-run-id"], "Succeeded")
    assert logic.workflow_runs.get(_GROUP, "notify", str(run.name)).end_time is not None
    assert _statuses(logic, "notify", run) == {
        "notify": "Succeeded",
        "answer": "Succeeded",
    }


def test_what_fails_is_told_and_what_waits_for_it_is_skipped(
    azure: LocalAzure, logic: LogicManagementClient, called: _Called
) -> None:
    called.status = 500
    http_call = {"type": "Http", "inputs": {"method": "POST", "uri": called.url}}
    actions = {
        "call": http_call,
        "good": _response("fine", {"call": ["Succeeded"]}),
        "bad": _response("sorry", {"call": ["Failed", "TimedOut"]}),
    }
    url = _made(logic, "mending", _definition(actions))
    assert _post(azure, url)[::2] == (200, b"sorry")
    (run,) = _runs(logic, "mending")
    assert _statuses(logic, "mending", run) == {
        "call": "Failed",
        "good": "Skipped",
        "bad": "Succeeded",
    }
    assert run.status == "Failed"  # one of the last was skipped, since what it waited for failed

    url = _made(logic, "silent", _definition({"call": http_call, "good": actions["good"]}))
    status, _, content = _post(azure, url)
    assert (status, json.loads(content)["error"]["code"]) == (502, "NoResponse")


def test_without_a_response_a_request_is_accepted(
    azure: LocalAzure, logic: LogicManagementClient, called: _Called
) -> None:
    action = {"type": "Http", "inputs": {"method": "POST", "uri": called.url}}
    url = _made(logic, "later", _definition({"call": action}))
    status, headers, content = _post(azure, url)
    assert (status, content) == (202, b"")
    name = headers["x-ms-workflow-run-id"]
    deadline = time.monotonic() + 20
    while logic.workflow_runs.get(_GROUP, "later", name).status == "Running":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert logic.workflow_runs.get(_GROUP, "later", name).status == "Succeeded"
    assert len(called.told) == 1


def test_an_answer_has_the_headers_that_a_workflow_gives_and_no_others(
    azure: LocalAzure, logic: LogicManagementClient
) -> None:
    inputs = {
        "statusCode": "201",
        "headers": {"Content-Type": "text/csv", "X-Told": "@triggerBody()?['told']"},
        "body": "a,b",
    }
    answer = {"type": "Response", "inputs": inputs}
    url = _made(logic, "headers", _definition({"answer": answer}))
    status, headers, content = _post(azure, url, {"told": "well"})
    assert (status, headers["content-type"], headers["x-told"]) == (201, "text/csv", "well")
    assert content == b"a,b"
    status, headers, _ = _post(azure, url, {"told": "x\r\nset-cookie: y"})
    assert (status, "set-cookie" in headers) == (502, False)


def test_only_a_signed_address_starts_a_workflow(
    azure: LocalAzure, logic: LogicManagementClient
) -> None:
    url = _made(logic, "signed", _definition({"answer": _response("hello")}))
    assert _post(azure, url)[0] == 200
    assert _post(azure, url[:-1] + ("A" if url[-1] != "A" else "B"))[0] == 401
    assert _post(azure, url.partition("&sig")[0])[0] == 401
    assert _post(azure, url, method="GET")[0] == 405
    for moment, expected in ((1, 200), (-1, 401)):
        until = datetime.now(UTC) + timedelta(hours=moment)
        limited = logic.workflows.list_callback_url(
            _GROUP, "signed", GetCallbackUrlParameters(not_after=until, key_type="Secondary")
        )
        assert _post(azure, str(limited.value))[0] == expected
    kept = RegenerateActionParameter(key_type="Primary")
    logic.workflows.regenerate_access_key(_GROUP, "signed", kept)
    assert _post(azure, url)[0] == 401
    fresh = logic.workflow_triggers.list_callback_url(_GROUP, "signed", "manual")
    logic.workflows.disable(_GROUP, "signed")
    assert _post(azure, str(fresh.value))[0] == 400
    logic.workflows.enable(_GROUP, "signed")
    assert _post(azure, str(fresh.value))[0] == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"triggers": {"often": {"type": "Recurrence"}}}, "only 'Request' is served"),
        ({"triggers": {}}, "one trigger"),
        ({"triggers": {"a/b": {"type": "Request"}}}, "cannot be called that"),
        ({"actions": {"wait": {"type": "Wait", "inputs": {}}}}, "only Http and Response"),
        ({"actions": {"a": _response("@concat('a', 'b')")}}, "'concat('a', 'b')' is not served"),
        ({"actions": {"a": _response("@body('b')")}}, "asks for 'b'"),
        ({"actions": {"a": _response(1, {"b": ["Succeeded"]})}}, "waits for 'b'"),
        ({"actions": {"a": _response(1, {"a": ["Succeeded"]})}}, "wait for each other"),
        ({"actions": {"a": {"type": "Http", "inputs": {"method": "GET"}}}}, "have no 'uri'"),
        ({"outputs": {"x": {"type": "String", "value": "x"}}}, "Outputs"),
        ({"parameters": {"x": {"type": "String"}}}, "'x' has no value"),
        ({"$schema": "x"}, "'$schema' does not end"),
    ],
)
def test_a_definition_that_is_not_served_is_refused_when_it_is_put(
    logic: LogicManagementClient, changed: dict[str, Any], said: str
) -> None:
    definition = {**_definition({"answer": _response("x")}), **changed}
    with pytest.raises(HttpResponseError) as refused:
        _made(logic, "refused", definition)
    assert refused.value.status_code == 400
    assert said in str(refused.value)


def test_a_workflow_is_changed_and_deleted_with_its_runs(
    azure: LocalAzure, logic: LogicManagementClient
) -> None:
    url = _made(logic, "changing", _definition({"answer": _response("one")}))
    assert _post(azure, url)[2] == b"one"
    assert _made(logic, "changing", _definition({"answer": _response("two")})) == url
    assert _post(azure, url)[2] == b"two"
    assert len(_runs(logic, "changing")) == 2
    logic.workflows.delete(_GROUP, "changing")
    with pytest.raises(ResourceNotFoundError):
        logic.workflows.get(_GROUP, "changing")
    assert not list(azure.location.glob("logic/*/*/changing"))


def test_runs_outlive_a_kill_and_one_that_was_cut_short_is_aborted(
    tmp_path_factory: pytest.TempPathFactory, silent: str
) -> None:
    location = tmp_path_factory.mktemp("azure") / "kept"
    first = local_azure.start(location, "--scale", "1000")
    group(first, _GROUP)
    logic = first.client(LogicManagementClient)
    action = {"type": "Http", "inputs": {"method": "POST", "uri": silent}}
    url = _made(logic, "cut", _definition({"call": action}))
    assert _post(first, url)[0] == 202
    port = first.url.rpartition(":")[2]
    first.kill()
    second = local_azure.start(location, "--scale", "1000", "--port", port)
    try:
        (run,) = _runs(second.client(LogicManagementClient), "cut")
        assert run.status == "Aborted"
        assert _post(second, url)[0] == 202
    finally:
        second.end()
