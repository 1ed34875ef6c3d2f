"""The properties that templates are asked for, against Microsoft's published schemas.

Every path that reading a deployment and the rules look up in a resource has to be one that the
schema of that resource has: a name that is misspelt here would find nothing, and say nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.preflight.given import facts
from tests.unit.preflight.infrastructure.templates import bicep

from funcyard.preflight.infrastructure.settings import container_settings, function_app_settings
from funcyard.preflight.infrastructure.value import Value
from funcyard.preflight.rule import Group
from funcyard.preflight.rules import RULES

SCHEMAS = json.loads((Path(__file__).parent / "azure_schemas" / "excerpt.json").read_text())
TEMPLATE = (
    bicep(
        scale=(
            "minReplicas: 1, maxReplicas: 2, rules: [ { name: 'c', custom: { type: 'cron',"
            " metadata: { desiredReplicas: '1' } } } ]"
        ),
        mode="Multiple",
        ingress="targetPort: 80, traffic: [ { revisionName: 'a--1', weight: 100 } ]",
    ).replace("name: 'main'", "name: 'main', env: [ { name: 'A', value: 'b' } ]")
    + """
resource site 'Microsoft.Web/sites@2024-04-01' = {
  name: 'orders'
  kind: 'functionapp,linux'
  properties: {
    siteConfig: {
      linuxFxVersion: 'DOCKER|a.azurecr.io/b:1'
      appSettings: [ { name: 'A', value: 'b' } ]
    }
  }
}
resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'flex'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
}
resource flex 'Microsoft.Web/sites@2024-04-01' = {
  name: 'billing'
  kind: 'functionapp,linux'
  tags: { 'azd-service-name': 'api' }
  properties: {
    serverFarmId: plan.id
    functionAppConfig: { runtime: { name: 'python', version: '3.11' } }
  }
}
resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: site
  name: 'appsettings'
  properties: { C: 'd' }
}
"""
)
Path_ = tuple[str, ...]
BICEP_ONLY = {("parent",), ("scope",)}


def _places(value: Value, path: Path_) -> Iterator[tuple[int, Path_]]:
    yield id(value), path
    if isinstance(value.data, dict):
        for name, inner in value.data.items():
            yield from _places(inner, (*path, name))
    elif isinstance(value.data, tuple):
        for inner in value.data:
            yield from _places(inner, (*path, "*"))


def _alternatives(schema: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    reference = schema.get("$ref", "")
    if reference.startswith("#/definitions/"):
        name = reference.rpartition("/")[2]
        if name in SCHEMAS["definitions"]:
            yield from _alternatives(SCHEMAS["definitions"][name])
        return
    for inner in schema.get("oneOf", ()):
        yield from _alternatives(inner)
    if "oneOf" not in schema:
        yield schema


def _has(schema: dict[str, Any], path: Path_) -> bool:
    if not path:
        return True
    for found in _alternatives(schema):
        if path[0] == "*":
            inner = found.get("items")
        else:
            inner = found.get("properties", {}).get(path[0]) or found.get("additionalProperties")
        if isinstance(inner, dict) and _has(inner, path[1:]):
            return True
    return False


def test_every_property_that_is_asked_for_is_one_that_azure_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = facts(
        tmp_path,
        {
            "main.bicep": TEMPLATE,
            "Dockerfile": "FROM mcr.microsoft.com/azure-functions/python:4",
            "azure.yaml": "services: { api: { project: . } }",
            "host.json": "{}",
        },
        target={"dockerfile": tmp_path / "Dockerfile"},
    )
    (deployment,) = given.infrastructure.deployments
    places: dict[int, tuple[str, Path_]] = {}
    for resource in deployment.resources:
        for key, path in _places(resource.body, ()):
            places[key] = (resource.type, path)
    asked: set[tuple[str, Path_]] = set()
    original = Value.get

    def get(self: Value, *path: str) -> Value | None:
        if id(self) in places:
            kind, above = places[id(self)]
            asked.add((kind, (*above, *path)))
        return original(self, *path)

    monkeypatch.setattr(Value, "get", get)
    for rule in RULES:
        if rule.group in {Group.IMAGE, Group.CAPACITY, Group.SETTINGS}:
            list(rule.check(given))
    list(function_app_settings(deployment))
    list(container_settings(deployment))

    assert len(asked) > 35
    unknown = {
        (kind, path)
        for kind, path in asked
        if path not in BICEP_ONLY and not _has(SCHEMAS["resources"][kind], path)
    }
    assert unknown == set()


def test_a_property_that_azure_does_not_know_is_noticed() -> None:
    schema = SCHEMAS["resources"]["Microsoft.App/containerApps"]
    assert _has(schema, ("properties", "template", "containers", "*", "resources", "cpu"))
    assert not _has(schema, ("properties", "template", "containers", "*", "resources", "cpus"))
