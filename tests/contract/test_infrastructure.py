"""The platform's infrastructure: Bicep and the ARM template say the same, in the schemas' words.

There is no Bicep compiler to be had offline, so the two are evaluated here with the same parameters
and compared resource by resource: what both can tell must be equal, and what only Azure can tell
must be the same property of what they ask, at the same places.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tree_sitter
import tree_sitter_bicep
from referencing import Registry
from referencing.jsonschema import DRAFT4
from tests.infrastructure_files import (
    ARM,
    BICEP,
    FOLDER,
    PARAMETERS,
    ROOT,
    TEMPLATE,
    choose,
    deployed,
    settings,
)

from funcyard.preflight.infrastructure.resources import Resource
from funcyard.preflight.infrastructure.value import Value

SCHEMAS = json.loads(
    (Path(__file__).parent / "azure_schemas" / "platform.json").read_text(encoding="utf-8")
)
COMMON = "https://schema.management.azure.com/schemas/common/definitions.json"
LANGUAGE = {"apiversion", "condition", "dependson", "name", "parent", "scope", "type"}
"""Where the languages differ: a scope is a symbol or an id, dependencies are found or listed."""
_OF_THE_TEMPLATE = {"condition", "dependsOn", "scope"}
_ASKED = re.compile(r"\{\{.*\.(\w+)\}")


@pytest.mark.parametrize("name", BICEP)
def test_a_bicep_file_parses(name: str) -> None:
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
    tree = parser.parse((ROOT / name).read_bytes())

    assert not tree.root_node.has_error, tree.root_node


@pytest.mark.parametrize("parameters", PARAMETERS)
def test_both_deploy_the_same_resources(parameters: str) -> None:
    bicep, arm = deployed([*BICEP, parameters]), deployed([ARM, parameters])

    assert_same(bicep, arm)
    assert len(bicep) == 17
    assert settings(bicep)["FUNCYARD_AUTH"].data == "entra"


def test_both_link_the_same_static_web_app_where_it_tells_who_calls(tmp_path: Path) -> None:
    choose(tmp_path, authentication="swa", entraClientId="")
    bicep, arm = (deployed([*files, PARAMETERS[0]], tmp_path) for files in (BICEP, [ARM]))

    assert_same(bicep, arm)
    assert len(bicep) == 18
    assert any("linkedBackends" in key for key in bicep)
    assert settings(bicep)["FUNCYARD_AUTH"].data == "swa"


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
    plain = {name: value for name, value in resource.items() if name not in _OF_THE_TEMPLATE}

    validator(known["document"], known["schema"]).validate(plain)


def test_the_template_around_its_resources_is_what_its_schema_says() -> None:
    validator_of(SCHEMAS["template"]).validate(TEMPLATE)


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


def assert_same(bicep: dict[str, Resource], arm: dict[str, Resource]) -> None:
    """Check that two deployments make the same resources."""
    assert sorted(bicep) == sorted(arm)
    for key, resource in bicep.items():
        assert shape(resource.body) == shape(arm[key].body), key


def shape(value: Value) -> object:
    """A value; of what only Azure can tell, which property it is of what is asked."""
    if isinstance(value.data, dict):
        return {
            name: shape(inner)
            for name, inner in sorted(value.data.items())
            if name.lower() not in LANGUAGE or name == "name"
        } | ({"name": "…"} if "properties" in value.data else {})
    if isinstance(value.data, tuple):
        return [shape(item) for item in value.data]
    return value.data if value.known else _ASKED.sub(r"….\1", value.text)


def validator(document: str, schema: dict[str, Any]) -> jsonschema.Draft4Validator:
    """A validator of one resource, for which a property that is not declared is a fault."""
    return validator_of({**SCHEMAS["documents"][document], **schema})


def validator_of(schema: dict[str, Any]) -> jsonschema.Draft4Validator:
    """A validator of whatever a schema is of, closed in the same way."""
    common = DRAFT4.create_resource(SCHEMAS["documents"]["common"])
    whole = DRAFT4.create_resource(closed(schema))
    registry: Registry[Any] = Registry().with_resources([(COMMON, common), ("urn:whole", whole)])
    return jsonschema.Draft4Validator({"$ref": "urn:whole"}, registry=registry)


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
