"""What a patch makes of a resource."""

from __future__ import annotations

from funcyard.emulator.core.writing import merged


def test_objects_are_changed_member_by_member_and_tags_are_replaced() -> None:
    before = {"tags": {"a": "1"}, "properties": {"x": {"y": 1, "z": 2}, "l": [1]}, "kind": "K"}
    given = {"tags": {"b": "2"}, "properties": {"x": {"y": 3}, "l": [2]}}
    assert merged(before, given) == {
        "tags": {"b": "2"},
        "properties": {"x": {"y": 3, "z": 2}, "l": [2]},
        "kind": "K",
    }
    assert before["tags"] == {"a": "1"}
