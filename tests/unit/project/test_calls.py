"""Calls that try a function once, as a shell would run them."""

from __future__ import annotations

import json
import shlex
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.project.calls import curl
from funcyard.project.spec import HttpTrigger

_JSON = '-H "Content-Type: application/json" -d'
_TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(str.strip)
_VALUES = st.one_of(_TEXT, st.integers(), st.booleans())


def _trigger(**fields: Any) -> HttpTrigger:  # noqa: ANN401 - any field of a trigger
    return HttpTrigger.model_validate({"type": "http", "name": "load", **fields})


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        (
            {"methods": ["POST"], "example": {"filename": "test.csv"}},
            f"""curl -X POST http://localhost:7073/api/load {_JSON} '{{"filename": "test.csv"}}'""",
        ),
        (
            {"methods": ["GET"], "route": "status/{filename}", "example": {"filename": "a b.csv"}},
            "curl http://localhost:7073/api/status/a%20b.csv",
        ),
        (
            {"methods": ["PUT"], "route": "items/{id:int}", "example": {"id": 7, "size": 2}},
            f"""curl -X PUT http://localhost:7073/api/items/7 {_JSON} '{{"size": 2}}'""",
        ),
        (
            {"methods": ["GET"], "example": {"name": "Ada", "count": 2}},
            "curl 'http://localhost:7073/api/load?name=Ada&count=2'",
        ),
        ({"methods": ["GET"]}, "curl http://localhost:7073/api/load"),
        (
            {"methods": ["GET"], "route": "files/{kind}/{*path}", "example": {"path": "a/b"}},
            "curl http://localhost:7073/api/files/KIND/a/b",
        ),
        ({"methods": ["HEAD"]}, "curl --head http://localhost:7073/api/load"),
        ({"methods": ["DELETE"]}, "curl -X DELETE http://localhost:7073/api/load"),
        (
            {"methods": ["GET", "POST"]},
            f"curl -X POST http://localhost:7073/api/load {_JSON} '{{}}'",
        ),
    ],
)
def test_a_call_says_all_that_the_function_needs(fields: dict[str, Any], line: str) -> None:
    assert curl(_trigger(**fields), 7073, host="localhost") == line


@given(st.dictionaries(_TEXT, _VALUES))
def test_whatever_an_example_holds_reaches_the_function_as_it_is(example: dict[str, Any]) -> None:
    line = curl(_trigger(methods=["POST"], example=example), 7071)
    assert "\n" not in line
    assert json.loads(shlex.split(line)[-1]) == example

    line = curl(_trigger(methods=["GET"], example=example), 7071)
    (address,) = shlex.split(line)[1:]
    query = parse_qs(urlsplit(address).query, keep_blank_values=True)
    shown = {key: [_str(value)] for key, value in example.items()}
    assert query == shown


@given(_TEXT.filter(bool))
def test_whatever_a_parameter_holds_stays_in_its_place(value: str) -> None:
    trigger = _trigger(methods=["GET"], route="a/{value}/z", example={"value": value})
    (address,) = shlex.split(curl(trigger, 7071))[1:]
    segments = urlsplit(address).path.split("/")
    assert [*segments[:3], unquote(segments[3]), *segments[4:]] == ["", "api", "a", value, "z"]


def _str(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
