"""JSON Patch as twins take it."""

from __future__ import annotations

from typing import Any

import pytest

from funcyard.emulator.digitaltwins.errors import TwinsError
from funcyard.emulator.digitaltwins.patches import patched

_TWIN: dict[str, Any] = {
    "$dtId": "room",
    "size": 3,
    "tags": {"a/b": 1},
    "list": [1, 2],
    "$metadata": {"$model": "dtmi:test:Room;1", "size": {"lastUpdateTime": "then"}},
}


def _patch(*operations: tuple[str, str, object]) -> dict[str, Any]:
    return patched(
        _TWIN, [{"op": op, "path": path, "value": value} for op, path, value in operations]
    )


def test_values_are_added_replaced_and_removed() -> None:
    changed = _patch(
        ("replace", "/size", 4),
        ("add", "/label", "x"),
        ("remove", "/tags/a~1b", None),
        ("add", "/list/-", 3),
        ("remove", "/list/0", None),
        ("replace", "/$metadata/$model", "dtmi:test:Room;2"),
        ("add", "/$metadata/size/sourceTime", "2026-01-01T00:00:00Z"),
    )
    assert (changed["size"], changed["label"], changed["tags"]) == (4, "x", {})
    assert changed["list"] == [2, 3]
    assert changed["$metadata"]["$model"] == "dtmi:test:Room;2"
    assert _TWIN["size"] == 3


@pytest.mark.parametrize(
    "patch",
    [
        {},
        [1],
        [{"op": "move", "path": "/size", "from": "/label"}],
        [{"op": "add", "path": "/size"}],
        [{"op": "add", "path": "size", "value": 1}],
        [{"op": "add", "path": "/", "value": 1}],
        [{"op": "replace", "path": "/label", "value": 1}],
        [{"op": "remove", "path": "/label"}],
        [{"op": "add", "path": "/label/x", "value": 1}],
        [{"op": "add", "path": "/size/x", "value": 1}],
        [{"op": "add", "path": "/list/9", "value": 1}],
        [{"op": "replace", "path": "/$dtId", "value": "other"}],
        [{"op": "replace", "path": "/$metadata/size/lastUpdateTime", "value": "now"}],
        [{"op": "remove", "path": "/$metadata"}],
    ],
)
def test_what_cannot_be_applied_is_refused(patch: object) -> None:
    with pytest.raises(TwinsError) as refused:
        patched(_TWIN, patch)
    assert (refused.value.status, refused.value.code) == (400, "JsonPatchInvalid")
