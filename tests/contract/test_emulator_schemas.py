"""The local Azure's own validation of bodies, held against jsonschema with the same schemas."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.schemas import Schema, schema_of

_KINDS = {
    "objects": schema_of("Microsoft.Storage/storageAccounts"),
    "alternatives": schema_of("Microsoft.EventGrid/topics/eventSubscriptions"),
    "fractions": schema_of("Microsoft.App/containerApps"),
}
_ODD = st.sampled_from([0, 3.5, True, "x", "", [], [1], {}, {"x": 1}])


def _closed(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a schema that allows only what it names, as the local Azure reads it."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    result = {name: _closed(value) for name, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema["properties"]:
        result.setdefault("additionalProperties", False)
    return result


def _values(schema: Any, whole: Schema, depth: int = 0) -> st.SearchStrategy[Any]:  # noqa: ANN401 - JSON
    """Return values that are nearly what a schema wants: now and then one is odd."""
    while "$ref" in schema:
        schema = whole.definitions[schema["$ref"].rpartition("/")[2]]
    kind = schema.get("type")
    right: st.SearchStrategy[Any]
    if "oneOf" in schema:
        return st.one_of(*(_values(one, whole, depth) for one in schema["oneOf"]))
    if "enum" in schema:
        right = st.sampled_from(schema["enum"])
    elif kind == "boolean":
        right = st.booleans()
    elif kind == "integer":
        right = st.integers(-1, 400)
    elif kind == "number":
        right = st.sampled_from([0.25, 1, 16])
    elif kind == "array":
        right = st.lists(_values(schema.get("items", {}), whole, depth + 1), max_size=2)
    elif kind == "object" and schema.get("properties") and depth < 4:
        members = {n: _values(one, whole, depth + 1) for n, one in schema["properties"].items()}
        required = {n: one for n, one in members.items() if n in schema.get("required", ())}
        optional = {n: one for n, one in members.items() if n not in required}
        right = st.fixed_dictionaries(required, optional=optional)
    else:
        right = st.sampled_from(["x", "1.2.3.4", {}])
    return st.integers(0, 60).flatmap(lambda drawn: _ODD if drawn == 0 else right)


_VALIDATORS = {
    name: Draft4Validator({**_closed(one.root), "definitions": _closed(one.definitions)})
    for name, one in _KINDS.items()
}


def _refused(schema: Schema, body: Any) -> bool:  # noqa: ANN401 - JSON
    try:
        schema.check(body)
    except ArmError:
        return True
    return False


@pytest.mark.parametrize("name", _KINDS)
@given(data=st.data())
@settings(max_examples=150)
def test_what_is_taken_is_what_jsonschema_takes(name: str, data: st.DataObject) -> None:
    schema = _KINDS[name]
    body = data.draw(_values(schema.root, schema))
    assert _refused(schema, body) == (not _VALIDATORS[name].is_valid(body))
