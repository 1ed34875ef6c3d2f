from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from funcyard.project.reading import SpecError, parse_spec
from funcyard.project.schema import make_schema, make_schema_text, schema_text
from funcyard.project.yaml_tree import read_yaml

_BLUEPRINTS = Path(__file__).parents[3] / "src" / "funcyard" / "project" / "blueprints"
_SMALL: dict[str, Any] = {"project_name": "small", "function_apps": ["api"]}


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = make_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_published_schema_is_the_models() -> None:
    assert schema_text() == make_schema_text(), (
        "write make_schema_text() to src/funcyard/project/funcyard.schema.json"
    )


def test_every_field_is_described_for_editors() -> None:
    schema = make_schema()
    models = [schema, *schema["$defs"].values()]

    undescribed = [
        f"{model['title']}.{name}"
        for model in models
        for name, field in model["properties"].items()
        if "description" not in field and "const" not in field
    ]
    assert undescribed == []
    assert all("description" in model for model in models)


@pytest.mark.parametrize("name", ["data-pipeline", "simple-api"])
def test_the_blueprints_specs_are_valid(validator: Draft202012Validator, name: str) -> None:
    data = read_yaml((_BLUEPRINTS / name / "spec.yaml").read_text("utf-8")).data()

    assert [error.message for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"function_apps": [{"name": "api", "triggers": ["http", {"type": "queue"}]}]},
        {"storage": {"queues": ["tasks"], "tables": [{"name": "Log", "fields": ["a"]}]}},
        {"runtime": {"version": 3.12}},
        {"environment": [{"name": "LEVEL", "default": 10}, {"name": "ON", "default": True}]},
        {"reasons": {"azure_cli": "because"}},
    ],
)
def test_what_the_reader_takes_is_valid(
    validator: Draft202012Validator, fields: dict[str, Any]
) -> None:
    data = {**_SMALL, **fields}

    assert [error.message for error in validator.iter_errors(data)] == []
    assert parse_spec(_text(data), today=date(2026, 11, 20)).warnings == ()


@pytest.mark.parametrize(
    "fields",
    [
        {"colour": "red"},
        {"project_name": "My Project"},
        {"function_apps": []},
        {"function_apps": [{"port": 7071}]},
        {"function_apps": [{"name": "api", "port": 80}]},
        {"function_apps": [{"name": "api", "port": "high"}]},
        {"function_apps": [{"name": "api", "triggers": ["eventHub"]}]},
        {"function_apps": [{"name": "api", "triggers": [{"name": "x"}]}]},
        {"function_apps": [{"name": "api", "triggers": [{"type": "http", "queue": "x"}]}]},
        {"function_apps": [{"name": "api", "triggers": [{"type": "http", "methods": ["X"]}]}]},
        {"runtime": {"name": "node"}},
        {"programming_model": "v1"},
        {"dependency_manager": "conda"},
        {"storage": {"queues": ["Bad"]}},
        {"storage": {"tables": [{"name": "a-b"}]}},
        {"environment": [{"name": "1A"}]},
        {"azure_cli": "perhaps"},
    ],
)
def test_what_the_reader_refuses_for_its_shape_is_invalid(
    validator: Draft202012Validator, fields: dict[str, Any]
) -> None:
    data = {**_SMALL, **fields}

    assert not validator.is_valid(data)
    with pytest.raises(SpecError):
        parse_spec(_text(data), today=date(2026, 11, 20))


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data)
