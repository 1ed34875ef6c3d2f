"""The platform's infrastructure: Bicep and the ARM template say the same, in the schemas' words.

There is no Bicep compiler to be had offline, so the two are evaluated here with the same parameters
and compared resource by resource: what both can tell must be equal, and what only Azure can tell
must be left open at the same places.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tree_sitter
import tree_sitter_bicep
from referencing import Registry
from referencing.jsonschema import DRAFT4

from funcyard.preflight.infrastructure.reading import Infrastructure
from funcyard.preflight.infrastructure.resources import Resource as Deployed
from funcyard.preflight.infrastructure.value import Value

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "infrastructure"
BICEP = sorted(path.relative_to(ROOT).as_posix() for path in FOLDER.rglob("*.bicep"))
ARM = "infrastructure/azuredeploy.json"
PARAMETERS = ("infrastructure/parameters/dev.json", "infrastructure/parameters/prod.json")
SCHEMAS = json.loads(
    (Path(__file__).parent / "azure_schemas" / "platform.json").read_text(encoding="utf-8")
)
TEMPLATE = json.loads((ROOT / ARM).read_text(encoding="utf-8"))
COMMON = "https://schema.management.azure.com/schemas/common/definitions.json"
LANGUAGE = {"apiversion", "dependson", "name", "parent", "scope", "type"}
"""Where the languages differ: a scope is a symbol or an id, dependencies are found or listed."""


@pytest.mark.parametrize("name", BICEP)
def test_a_bicep_file_parses(name: str) -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
    tree = parser.parse((ROOT / name).read_bytes())

    assert not tree.root_node.has_error, tree.root_node


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_both_deploy_the_same_resources(parameters: str) -> None:
    bicep, arm = deployed([*BICEP, parameters]), deployed([ARM, parameters])

    assert sorted(bicep) == sorted(arm)
    assert len(bicep) == 18
    for key, resource in bicep.items():
        assert shape(resource.body) == shape(arm[key].body), key


def test_both_have_the_same_parameters() -> None:
    bicep = (FOLDER / "main.bicep").read_text(encoding="utf-8")
    declared = [line.split()[1] for line in bicep.splitlines() if line.startswith("param ")]

    assert declared == list(TEMPLATE["parameters"])
    for name, parameter in TEMPLATE["parameters"].items():
        text = parameter["metadata"]["description"].replace("'", "\\'")
        assert f"@description('{text}')" in bicep, name


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_a_file_of_parameters_gives_all_that_have_no_default_and_no_other(parameters: str) -> None:
    given = set(json.loads((ROOT / parameters).read_text(encoding="utf-8"))["parameters"])
    declared = TEMPLATE["parameters"]

    assert given <= set(declared)
    assert {name for name, item in declared.items() if "defaultValue" not in item} <= given


def test_both_give_the_same_outputs() -> None:
    bicep = (FOLDER / "main.bicep").read_text(encoding="utf-8")
    outputs = [line.split()[1] for line in bicep.splitlines() if line.startswith("output ")]

    assert outputs == list(TEMPLATE["outputs"])


@pytest.mark.parametrize("resource", TEMPLATE["resources"], ids=lambda item: item["type"])
def test_a_resource_is_what_its_schema_says(resource: dict[str, Any]) -> None:
    known = SCHEMAS["resources"][resource["type"]]
    plain = {name: value for name, value in resource.items() if name not in {"dependsOn", "scope"}}

    validator(known["document"], known["schema"]).validate(plain)


def test_a_property_that_no_schema_has_is_noticed() -> None:
    account = next(item for item in TEMPLATE["resources"] if item["type"].endswith("/sites"))
    known = SCHEMAS["resources"][account["type"]]
    wrong = {**account, "properties": {**account["properties"], "httpOnly": True}}
    del wrong["dependsOn"]

    with pytest.raises(jsonschema.ValidationError):
        validator(known["document"], known["schema"]).validate(wrong)


@pytest.mark.parametrize("name", BICEP)
def test_a_bicep_file_asks_for_the_versions_that_the_template_asks_for(name: str) -> None:
    versions = {item["type"]: item["apiVersion"] for item in TEMPLATE["resources"]}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("resource "):
            kind, _, version = line.split("'")[1].partition("@")
            assert versions[kind] == version, line


def deployed(files: list[str]) -> dict[str, Deployed]:
    """What a template deploys, by type and whole name."""
    [deployment] = Infrastructure(ROOT, files).deployments
    found = [resource for resource in deployment.resources if not resource.existing]
    names = {resource.id: resource for resource in deployment.resources}
    return {f"{item.type}: {whole_name(item, names)}": item for item in found}


def whole_name(resource: Deployed, names: dict[str, Deployed]) -> str:
    """A name with those of its parents, as an ARM template writes it."""
    own = resource.name.text
    above = names.get(resource.parent)
    if above is None or own.count("/") == resource.type.count("/") - 1:
        return own
    return f"{whole_name(above, names)}/{own}"


def shape(value: Value) -> object:
    """A value with what only Azure can tell left open."""
    if isinstance(value.data, dict):
        return {
            name: shape(inner)
            for name, inner in sorted(value.data.items())
            if name.lower() not in LANGUAGE or name == "name"
        } | ({"name": "…"} if "properties" in value.data else {})
    if isinstance(value.data, tuple):
        return [shape(item) for item in value.data]
    return value.data if value.known else "…"


def validator(document: str, schema: dict[str, Any]) -> jsonschema.Draft4Validator:
    """A validator of one resource, for which a property that is not declared is a fault."""
    whole = closed({**SCHEMAS["documents"][document], **schema})
    common = DRAFT4.create_resource(SCHEMAS["documents"]["common"])
    registry: Registry[Any] = Registry().with_resources(
        [(COMMON, common), ("urn:resource", DRAFT4.create_resource(whole))]
    )
    return jsonschema.Draft4Validator({"$ref": "urn:resource"}, registry=registry)


def closed(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """A schema whose objects have no properties but those declared."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: closed(value) for name, value in schema.items()}
    if inner.get("properties") and schema.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    return inner
