"""Instances of Digital Twins and their graphs, against recorded exchanges."""

from __future__ import annotations

import http.client
import json
import ssl
import time
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from tests.contract.azure.replaying import Replay, stories
from tests.integration.emulator.twins import OWNER, assign, group, instance
from tests.local_azure import LocalAzure

_TOLD = json.dumps(stories("digital-twins"))
# The port is the usual one, and the token of a result stands for its operation here.
_STORIES = json.loads(
    _TOLD.replace("azure.com:443", "azure.com").replace("{token}", "{operationId}")
)
_GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}"
_IDENTITY = f"{_GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{{identity}}"
_INSTANCE = f"{_GROUP}/providers/Microsoft.DigitalTwins/digitalTwinsInstances/{{digitalTwin}}"
_VERSION = "2023-01-31"
_DATA = ("models", "twin", "query")
_BUILDING = {
    "@id": "dtmi:samples:DTTestBuilding;1",
    "@type": "Interface",
    "@context": "dtmi:dtdl:context;2",
    "displayName": "Building",
    "contents": [
        {"@type": "Property", "name": "AverageTemperature", "schema": "double"},
        {"@type": "Property", "name": "TemperatureUnit", "schema": "string"},
    ],
}
_COMPONENTS = [
    {
        "@id": "dtmi:com:samples:DTComponentTestsModel;1",
        "@type": "Interface",
        "@context": "dtmi:dtdl:context;2",
        "contents": [
            {"@type": "Property", "name": "Prop1", "schema": "string"},
            {"@type": "Component", "name": "Component1", "schema": "dtmi:com:samples:Part;1"},
        ],
    },
    {
        "@id": "dtmi:com:samples:Part;1",
        "@type": "Interface",
        "@context": "dtmi:dtdl:context;2",
        "contents": [{"@type": "Property", "name": "ComponentProp1", "schema": "string"}],
    },
]


@pytest.mark.parametrize("story", ["instance", "endpoint"])
def test_instances_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    replay = Replay(azure, {"resourceGroup": f"twins-{story}", "digitalTwin": f"twin-{story}"})
    replay.do("PUT", _GROUP, {"location": "westus2"})
    replay.do("PUT", _IDENTITY, {"location": "westus2"}, "2023-01-31")
    if story == "endpoint":
        replay.do("PUT", _INSTANCE, {"location": "westus2"}, _VERSION)
        replay.wait(_INSTANCE, _VERSION)
    for exchange in _STORIES[story]:
        told = exchange["response_body"].get("status")
        if story == "endpoint" and told == "Running":
            continue  # its work is over before anybody can ask
        if told == "Succeeded":
            _wait(replay)
        replay.tell(json.loads(replay.filled(json.dumps(exchange))))


def _wait(replay: Replay) -> None:
    """Wait until the last change has ended."""
    deadline = time.monotonic() + 20
    while replay.do("GET", replay.followed, None, _VERSION)["status"] != "Succeeded":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_name_is_checked_as_recorded(azure: LocalAzure) -> None:
    replay = Replay(azure, {"digitalTwin": "free-name"})
    (exchange,) = _STORIES["name check"]
    replay.tell({**exchange, "api_version": _VERSION})  # recorded in a preview of the API


@dataclass
class _Graph:
    """The address of an instance, as the replay calls it."""

    azure: LocalAzure
    url: str
    etag: str | None = None

    def call(
        self, method: str, path: str, body: object = None, version: str = "2022-05-31"
    ) -> tuple[int, dict[str, str], Any]:
        mark = "&" if "?" in path else "?"
        kind = "application/json-patch+json" if method == "PATCH" else "application/json"
        token = self.azure.issuer.application_token("https://digitaltwins.azure.net")
        headers = {"authorization": f"Bearer {token}", "content-type": kind}
        if self.etag is not None:
            headers["if-match"] = self.etag
        self._connection.request(
            method, f"{path}{mark}api-version={version}", json.dumps(body), headers
        )
        answer = self._connection.getresponse()
        content = answer.read()
        names = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, names, json.loads(content) if content else None

    @cached_property
    def _connection(self) -> http.client.HTTPSConnection:
        trusting = ssl.create_default_context(cafile=self.azure.ca)
        host = self.url.removeprefix("https://")
        return http.client.HTTPSConnection(host, timeout=20, context=trusting)

    def close(self) -> None:
        self._connection.close()


@pytest.mark.parametrize("story", _DATA)
def test_graphs_answer_as_recorded(azure: LocalAzure, story: str) -> None:
    name = f"graph-of-{story}"
    assign(azure, group(azure, name), OWNER, azure.issuer.application_id)
    graph = _Graph(azure, instance(azure, name, name))
    replay = Replay(graph, {"digitalTwin": name, "twinId": "the-twin"})  # type: ignore[arg-type]  # what a replay uses of one
    graph.call("POST", "/models", [_BUILDING, *(_COMPONENTS if story == "query" else ())])
    if story == "query":
        part = {"$metadata": {}, "ComponentProp1": "value1"}
        twin = {"$metadata": {"$model": _COMPONENTS[0]["@id"]}, "Prop1": "v", "Component1": part}
        graph.call("PUT", "/digitaltwins/DTComponentTestsTempTwin", twin)
        other = {"$metadata": {"$model": _BUILDING["@id"]}, "AverageTemperature": 68}
        graph.call("PUT", "/digitaltwins/the-twin", {**other, "TemperatureUnit": "Celsius"})
    for exchange in _STORIES[story]:
        graph.etag = (
            'W/"00000000-0000-4000-8000-000000000002"' if exchange["status"] == 412 else None
        )
        path = "/" + exchange["path"].removeprefix("https://").partition("/")[2]
        replay.tell({**exchange, "path": path.replace(" ", "%20")})
    graph.close()
