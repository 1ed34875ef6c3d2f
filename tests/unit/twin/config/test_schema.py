from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.unit.twin.twins import EXAMPLE, changed, copied

from funcyard.twin.config.files import MODELS
from funcyard.twin.config.findings import TwinError
from funcyard.twin.config.reading import read_twin
from funcyard.twin.config.schema import make_schema, make_schema_text, schema_text

_PAGE = (Path(__file__).parents[4] / "docs" / "twin.md").read_text("utf-8")


def _fields() -> list[str]:
    schemas = [make_schema(file) for file in MODELS]
    models = [one for schema in schemas for one in (schema, *schema.get("$defs", {}).values())]
    return sorted({name for model in models for name in model.get("properties", {})})


@pytest.mark.parametrize("file", MODELS)
def test_the_published_schema_is_the_models(file: str) -> None:
    assert schema_text(file) == make_schema_text(file), (
        "write make_schema_text(file) to src/funcyard/twin/config/schemas/"
    )


@pytest.mark.parametrize("file", MODELS)
def test_every_field_is_described_for_editors(file: str) -> None:
    schema = make_schema(file)
    Draft202012Validator.check_schema(schema)
    models = [schema, *schema.get("$defs", {}).values()]

    assert all("description" in model for model in models)
    assert [
        name
        for model in models
        for name, field in model.get("properties", {}).items()
        if "description" not in field
    ] == []


@pytest.mark.parametrize("file", [one for one in MODELS if (EXAMPLE / one).exists()])
def test_the_example_is_valid_and_something_else_is_not(file: str) -> None:
    validator = Draft202012Validator(make_schema(file))
    data = json.loads((EXAMPLE / file).read_text("utf-8"))

    assert [error.message for error in validator.iter_errors(data)] == []
    assert not validator.is_valid(7)


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("config_credentials.json", {"aws": {}}),
        ("config_credentials.json", {"azure": {"azure_region": "westeurope"}}),
        ("config_iot_devices.json", []),
        ("config_providers.json", {"layer_1_provider": "other"}),
    ],
)
def test_an_editor_marks_what_the_reader_refuses(file: str, data: object) -> None:
    assert not Draft202012Validator(make_schema(file)).is_valid(data)


@pytest.mark.parametrize("field", [one for one in _fields() if not one.startswith("@")])
def test_every_field_is_documented(field: str) -> None:
    known_by_dtdl = {"contents", "extends", "schema", "target"}
    known_by_others = {"result", "inputParamsUsed"}
    assert field in known_by_dtdl or field in _PAGE or field in known_by_others


def test_the_examples_of_the_page_are_valid() -> None:
    for part in _PAGE.split("\n## ")[1:]:
        file = next((one for one in MODELS if part.startswith(one)), None)
        if file and "```json\n" in part:
            text = part.partition("```json\n")[2].partition("```")[0].replace("…", "example.org")
            assert [
                one.message
                for one in Draft202012Validator(make_schema(file)).iter_errors(json.loads(text))
            ] == []


def test_the_faults_shown_are_the_faults_found(tmp_path: Path) -> None:
    twin = copied(tmp_path)
    changed(twin, "config.json", ("mode",), "loud")
    changed(twin, "config_events.json", (0, "action", "feedback", "iotDeviceId"), "cold-room-9")
    with pytest.raises(TwinError) as caught:
        read_twin(twin)

    assert f"error[bad-twin]: {caught.value.message.replace(str(twin), '.')}\n" in _PAGE
