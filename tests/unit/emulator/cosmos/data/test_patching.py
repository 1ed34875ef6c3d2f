"""Changes of parts of an item."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.emulator.cosmos.data.driving import Plane

_ITEM = {"id": "1", "pk": "a", "n": 1, "tags": ["x", "y"], "in": {"side": True}, "a/b": 0}


def _patched(plane: Plane, *operations: dict[str, Any], condition: str | None = None) -> Any:  # noqa: ANN401 - an answer
    docs = plane.container()
    plane.ask("POST", docs, _ITEM, pk="a")
    body: dict[str, Any] = {"operations": list(operations)}
    if condition is not None:
        body["condition"] = condition
    told = plane.ask("PATCH", f"{docs}/1", body, pk="a")
    kept = plane.ask("GET", f"{docs}/1", pk="a").body
    kept = {name: value for name, value in kept.items() if not name.startswith("_")}
    if told.status == 200:
        return kept
    assert kept == _ITEM
    return told


@pytest.mark.parametrize(
    ("operation", "name", "value"),
    [
        ({"op": "add", "path": "/new", "value": [1]}, "new", [1]),
        ({"op": "add", "path": "/tags/1", "value": "z"}, "tags", ["x", "z", "y"]),
        ({"op": "add", "path": "/tags/-", "value": "z"}, "tags", ["x", "y", "z"]),
        ({"op": "set", "path": "/tags/1", "value": "z"}, "tags", ["x", "z"]),
        ({"op": "set", "path": "/in/side", "value": None}, "in", {"side": None}),
        ({"op": "replace", "path": "/n", "value": "one"}, "n", "one"),
        ({"op": "remove", "path": "/tags/0"}, "tags", ["y"]),
        ({"op": "incr", "path": "/n", "value": 1.5}, "n", 2.5),
        ({"op": "incr", "path": "/fresh", "value": -2}, "fresh", -2),
        ({"op": "set", "path": "/a~1b", "value": 1}, "a/b", 1),
        ({"op": "move", "from": "/n", "path": "/in/n"}, "in", {"side": True, "n": 1}),
    ],
)
def test_an_operation_changes_its_part(
    plane: Plane, operation: dict[str, Any], name: str, value: object
) -> None:
    kept = _patched(plane, operation)
    assert kept[name] == value
    others = set(_ITEM) - {name, "n"}
    assert {one: kept[one] for one in others} == {one: _ITEM[one] for one in others}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "path": "/nothing", "value": 1},
        {"op": "remove", "path": "/nothing"},
        {"op": "add", "path": "/tags/7", "value": 1},
        {"op": "add", "path": "/deep/er", "value": 1},
        {"op": "incr", "path": "/tags", "value": 1},
        {"op": "incr", "path": "/n", "value": "x"},
        {"op": "set", "path": "/id", "value": "2"},
        {"op": "set", "path": "/pk", "value": "b"},
        {"op": "remove", "path": "/_etag"},
        {"op": "move", "from": "/in", "path": "/in/side"},
        {"op": "set", "path": "n", "value": 1},
        {"op": "set", "path": "/n"},
        {"op": "test", "path": "/n", "value": 1},
        {"op": "set", "path": "/ttl", "value": 0},
        "set",
    ],
)
def test_what_cannot_be_changed_leaves_all_as_it_was(plane: Plane, operation: Any) -> None:  # noqa: ANN401 - JSON
    good = {"op": "set", "path": "/n", "value": 9}
    assert _patched(plane, good, operation).status == 400


def test_an_item_gets_no_deeper_by_a_patch_than_it_may_be(plane: Plane) -> None:
    value: dict[str, Any] = {}
    for _ in range(90):
        value = {"a": value}
    told = _patched(
        plane,
        {"op": "add", "path": "/a", "value": value},
        {"op": "add", "path": "/a" + "/a" * 90, "value": value},
    )
    assert told.status == 400
    assert "deeper than 128" in told.body["message"]


def test_a_condition_that_is_nested_too_deep_is_refused(plane: Plane) -> None:
    condition = "FROM c WHERE " + "1+" * 5000 + "1 = 2"
    told = _patched(plane, {"op": "add", "path": "/new", "value": 1}, condition=condition)
    assert told.status == 400
    assert "nested that deep" in told.body["message"]


@pytest.mark.parametrize("index", ["9" * 30, "1" * 5000])
def test_an_index_that_no_array_has_is_refused(plane: Plane, index: str) -> None:
    told = _patched(plane, {"op": "set", "path": f"/tags/{index}", "value": 1})
    assert told.status == 400


def test_at_most_ten_operations_are_taken(plane: Plane) -> None:
    one = {"op": "incr", "path": "/n", "value": 1}
    assert _patched(plane, *[one] * 10)["n"] == 11
    assert _patched(plane, *[one] * 11).status == 400
    assert _patched(plane).status == 400


def test_a_condition_decides(plane: Plane) -> None:
    change = {"op": "set", "path": "/n", "value": 5}
    assert _patched(plane, change, condition="FROM c WHERE c.n = 1 AND c.id = '1'")["n"] == 5
    assert _patched(plane, change, condition="FROM c WHERE c.n > 5").status == 412
    assert _patched(plane, change, condition="WHERE c.n").status == 400
