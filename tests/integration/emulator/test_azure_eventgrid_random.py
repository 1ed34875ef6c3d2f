"""Whatever body comes for Event Grid is taken or refused with a reason, nulls anywhere among it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import local_azure
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.emulator.core.schemas import Schema, schema_of

_GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g"
_GRID = f"{_GROUP}/providers/Microsoft.EventGrid"
_VERSION = "2025-02-15"
_TEXTS = st.sampled_from(
    [
        "x",
        "",
        "https://127.0.0.1:9/",
        "http://[",
        f"{_GRID}/topics/base",
        f"/subscriptions/{SUBSCRIPTION}",
    ]
)


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "100000")
    service.resources().resource_groups.create_or_update("g", {"location": "westeurope"})
    made = {"location": "westeurope", "properties": {}}
    assert service.call("PUT", f"{_GRID}/topics/base", made, _VERSION)[0] == 201
    yield service
    service.end()


def _values(schema: Any, whole: Schema, depth: int = 0) -> st.SearchStrategy[Any]:  # noqa: ANN401 - JSON
    """Return values that a schema takes, null now and then."""
    while "$ref" in schema:
        schema = whole.definitions[schema["$ref"].rpartition("/")[2]]
    if "oneOf" in schema:
        return st.one_of(*(_values(one, whole, depth) for one in schema["oneOf"]))
    kind = schema.get("type")
    found: st.SearchStrategy[Any]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if kind == "boolean":
        found = st.booleans()
    elif kind in {"integer", "number"}:
        found = st.integers(-1, 40)
    elif kind == "array":
        found = st.lists(_values(schema.get("items", {}), whole, depth + 1), max_size=2)
    elif kind == "object" and schema.get("properties") and depth < 7:
        members = {n: _values(one, whole, depth + 1) for n, one in schema["properties"].items()}
        needed = {n: one for n, one in members.items() if n in schema.get("required", ())}
        others = {n: one for n, one in members.items() if n not in needed}
        found = st.fixed_dictionaries(needed, optional=others)
    else:
        found = _TEXTS if kind == "string" else st.just({})
    return st.integers(0, 9).flatmap(lambda drawn: st.none() if drawn == 0 else found)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("topics", "topics/NAME"),
        ("systemTopics", "systemTopics/NAME"),
        ("topics/eventSubscriptions", "topics/base/eventSubscriptions/NAME"),
    ],
)
@given(data=st.data(), number=st.integers(0, 3), method=st.sampled_from(["PUT", "PATCH"]))
@settings(max_examples=80, deadline=None)
def test_whatever_comes_is_taken_or_refused(
    azure: LocalAzure, kind: str, name: str, data: st.DataObject, number: int, method: str
) -> None:
    schema = schema_of(f"Microsoft.EventGrid/{kind}")
    body = data.draw(_values(schema.root, schema))
    if isinstance(body, dict) and kind != "topics/eventSubscriptions":
        body["location"] = "westeurope"
    if isinstance(body, dict) and method == "PATCH" and kind == "topics/eventSubscriptions":
        body = body.get("properties") or {}
    path = f"{_GRID}/{name.replace('NAME', f'name{number}')}"
    status, _, told = azure.call(method, path, body, _VERSION)
    assert status < 500, (body, told)
    if status < 300:
        assert azure.call("GET", path, version=_VERSION)[0] in {200, 404}
    else:
        assert told["error"]["code"], told
