"""Instances of Digital Twins in a local Azure, and Microsoft's clients of them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from azure.core.credentials import TokenCredential
from azure.core.pipeline.transport import RequestsTransport
from azure.digitaltwins.core import DigitalTwinsClient
from azure.mgmt.digitaltwins import AzureDigitalTwinsManagementClient
from azure.mgmt.digitaltwins.models import DigitalTwinsDescription
from tests.local_azure import SUBSCRIPTION, LocalAzure

OWNER = "bcd981a7-7f74-457b-83e1-cceb9e632ffe"
READER = "d57506d4-4c8d-48b1-8587-93c323f6a5a3"
ROOM: dict[str, Any] = {
    "@id": "dtmi:test:Room;1",
    "@type": "Interface",
    "@context": "dtmi:dtdl:context;2",
    "displayName": "Room",
    "contents": [
        {"@type": "Property", "name": "temperature", "schema": "double"},
        {"@type": "Property", "name": "label", "schema": "string"},
        {
            "@type": "Property",
            "name": "tags",
            "schema": {
                "@type": "Map",
                "mapKey": {"name": "key", "schema": "string"},
                "mapValue": {"name": "value", "schema": "boolean"},
            },
        },
        {"@type": "Telemetry", "name": "noise", "schema": "double"},
        {"@type": "Component", "name": "heater", "schema": "dtmi:test:Heater;1"},
        {
            "@type": "Relationship",
            "name": "leadsTo",
            "target": "dtmi:test:Room;1",
            "properties": [{"@type": "Property", "name": "wide", "schema": "boolean"}],
        },
    ],
}
HEATER: dict[str, Any] = {
    "@id": "dtmi:test:Heater;1",
    "@type": "Interface",
    "@context": "dtmi:dtdl:context;2",
    "contents": [
        {"@type": "Property", "name": "power", "schema": "integer"},
        {"@type": "Telemetry", "name": "clicks", "schema": "integer"},
    ],
}
HALL: dict[str, Any] = {
    "@id": "dtmi:test:Hall;1",
    "@type": "Interface",
    "@context": "dtmi:dtdl:context;3",
    "extends": "dtmi:test:Room;1",
    "contents": [
        {
            "@type": "Property",
            "name": "seats",
            "schema": {"@type": "Array", "elementSchema": "integer"},
        }
    ],
}
MODELS: list[MutableMapping[str, Any]] = [ROOM, HEATER, HALL]


def room(**properties: object) -> dict[str, Any]:
    return {
        "$metadata": {"$model": "dtmi:test:Room;1"},
        "heater": {"$metadata": {}},
        **properties,
    }


def group(azure: LocalAzure, name: str) -> str:
    azure.resources().resource_groups.create_or_update(name, {"location": "westeurope"})
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"


def instance(azure: LocalAzure, group_name: str, name: str) -> str:
    """Make an instance; return its address."""
    management = azure.client(AzureDigitalTwinsManagementClient)
    poller = management.digital_twins.begin_create_or_update(
        group_name, name, DigitalTwinsDescription(location="westeurope"), polling_interval=0
    )
    return f"https://{poller.result().host_name}"


def assign(azure: LocalAzure, scope: str, role: str, principal: str) -> None:
    name = uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}{role}{principal}")
    roles = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions"
    body = {"properties": {"roleDefinitionId": f"{roles}/{role}", "principalId": principal}}
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{name}"
    status, _, told = azure.call("PUT", path, body, "2022-04-01")
    assert status == 201, told


@contextmanager
def client(
    azure: LocalAzure, endpoint: str, credential: TokenCredential | None = None
) -> Iterator[DigitalTwinsClient]:
    """Reach a graph; the SDK's client has nothing that closes it, so its transport is closed."""
    with RequestsTransport(connection_verify=azure.ca) as transport:
        who = credential or azure.credential()
        yield DigitalTwinsClient(endpoint, who, transport=transport, retry_total=0)
