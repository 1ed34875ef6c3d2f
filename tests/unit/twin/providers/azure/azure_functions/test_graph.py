from __future__ import annotations

from typing import Any

import pytest

from funcyard.twin.contract.telemetry import Telemetry
from funcyard.twin.providers.azure.azure_functions.shared.graph import patch_of

_READING = Telemetry("d", "2026-11-20T10:00:00.000Z", {"a": 1})
_VALUE = {"op": "add", "path": "/a", "value": 1}
_SOURCE = {
    "op": "add", "path": "/$metadata/a/sourceTime", "value": "2026-11-20T10:00:00.000Z"
}  # fmt: skip


@pytest.mark.parametrize(
    ("metadata", "patch"),
    [
        ({}, [_VALUE]),
        ({"a": {"lastUpdateTime": "2026-11-21T00:00:00Z"}}, [_VALUE, _SOURCE]),
        ({"a": {"sourceTime": "2026-11-20T09:59:59.9999999Z"}}, [_VALUE, _SOURCE]),
        ({"a": {"sourceTime": "2026-11-20T11:30:00+01:00"}}, []),
        ({"a": {"sourceTime": "2026-11-20T10:00:00Z"}}, []),
        ({"a": {"sourceTime": "never"}}, [_VALUE, _SOURCE]),
    ],
)
def test_only_what_is_newer_is_written_and_never_by_replacing(
    metadata: dict[str, Any], patch: list[dict[str, Any]]
) -> None:
    assert patch_of({"$dtId": "t", "$metadata": metadata}, _READING) == patch
