"""Grafanas in a local Azure, and their HTTP API as programs call it."""

from __future__ import annotations

import http.client
import json
import ssl
from typing import Any

from azure.mgmt.dashboard import DashboardManagementClient
from azure.mgmt.dashboard.models import (
    ManagedGrafana,
    ManagedGrafanaProperties,
    ManagedServiceIdentity,
    ResourceSku,
)
from tests.local_azure import LocalAzure

ADMIN = "22926164-76b3-42b3-bc55-97df8dab3e41"
EDITOR = "a79a5197-3a5c-4973-a920-486035ffd60f"
VIEWER = "60921a7e-fef1-4a43-9b16-a26c52ad4769"
AUDIENCE = "ce34e7e5-485f-4d76-964f-b3d2b16d1e4f"


def instance(azure: LocalAzure, group_name: str, name: str) -> str:
    """Make an instance; return its address."""
    body = ManagedGrafana(
        location="westeurope",
        sku=ResourceSku(name="Standard"),
        identity=ManagedServiceIdentity(type="SystemAssigned"),
        properties=ManagedGrafanaProperties(api_key="Enabled"),
    )
    management = azure.client(DashboardManagementClient)
    made = management.grafana.begin_create(group_name, name, body, polling_interval=0).result()
    assert made.properties is not None
    return str(made.properties.endpoint)


class Grafana:
    """The API of an instance; by the application's token unless another is given."""

    def __init__(self, azure: LocalAzure, endpoint: str, token: str | None = None) -> None:
        self._token = azure.issuer.application_token(AUDIENCE) if token is None else token
        trusting = ssl.create_default_context(cafile=azure.ca)
        host = endpoint.removeprefix("https://")
        self._connection = http.client.HTTPSConnection(host, timeout=20, context=trusting)

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        data = None if body is None else json.dumps(body)
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        self._connection.request(method, path, data, headers)
        answer = self._connection.getresponse()
        return answer.status, json.loads(answer.read())

    def close(self) -> None:
        self._connection.close()
