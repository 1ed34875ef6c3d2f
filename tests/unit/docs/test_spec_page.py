from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from funcyard.project import spec
from funcyard.project.ports import reserved_ports
from funcyard.project.reading import SpecError, parse_spec
from funcyard.project.rules.apps import RESERVED_APPS
from funcyard.project.spec import HTTP_METHODS
from funcyard.project.spec_model import SpecModel
from funcyard.project.yaml_tree import DEEPEST, LONGEST_TEXT

_PAGE = (Path(__file__).parents[3] / "docs" / "spec.md").read_text("utf-8")
_MODELS = [
    model
    for model in vars(spec).values()
    if isinstance(model, type) and issubclass(model, SpecModel) and model is not SpecModel
]
_TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("model", "field"),
    [(model.__name__, field) for model in _MODELS for field in model.model_fields],
)
def test_every_field_is_documented(model: str, field: str) -> None:
    assert f"`{field}`" in _PAGE, f"docs/spec.md does not explain {model}.{field}"


def test_the_examples_are_sound() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", _PAGE, flags=re.DOTALL)
    whole = [text for text in examples if text.startswith("project_name")]

    assert len(whole) == 2
    for text in whole:
        assert parse_spec(text, today=_TODAY).warnings == ()


def test_the_full_example_sets_every_field() -> None:
    text = re.findall(r"```yaml\n(project_name.*?)```", _PAGE, flags=re.DOTALL)[1]
    names = {name for model in _MODELS for name in model.model_fields}

    assert {name for name in names if f"{name}:" not in text} == {"blueprint"}


def test_the_faults_shown_are_the_faults_found() -> None:
    text = """\
project_name: small

function_apps:
  - name: api
    port: 10000
    triggers:
      - type: http
        route: api/users
"""
    with pytest.raises(SpecError) as caught:
        parse_spec(text, today=_TODAY)

    assert f"error[bad-spec]: {caught.value.message}\n" in _PAGE


def test_names_and_numbers_are_the_codes() -> None:
    assert all(f"`{name}`" in _PAGE for name in RESERVED_APPS)
    assert all(f"`{method}`" in _PAGE for method in HTTP_METHODS)
    assert set(reserved_ports()) == {10000, 10001, 10002, 10350, 5678}
    assert f"deeper than {DEEPEST} levels" in _PAGE.replace("\n", " ")
    assert f"up to {LONGEST_TEXT // 1024} KiB" in _PAGE
