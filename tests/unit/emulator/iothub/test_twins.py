"""A twin is what was last written to each of its properties, with the time of that."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.iothub import twins
from funcyard.emulator.iothub.errors import HubError
from funcyard.emulator.iothub.twins import Twin

_NOW = "2026-01-01T00:00:00.0000000Z"
_NAMES = st.sampled_from(["a", "b", "c"])
_VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.text("xy", max_size=2),
    lambda inner: st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)
_CHANGES = st.dictionaries(_NAMES, _VALUES, max_size=3)


@given(_CHANGES)
def test_a_change_made_twice_is_as_if_made_once(change: dict[str, Any]) -> None:
    once = twins.merged({}, change)
    assert twins.merged(once, change) == once


@given(_CHANGES, _CHANGES)
def test_no_property_is_nothing_and_each_has_its_time(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    twin = twins.reported(twins.reported(Twin(), first, "earlier"), second, _NOW)
    _check(twin.reported.values, twin.reported.metadata)
    assert twin.reported.version == 3


def _check(values: dict[str, Any], metadata: dict[str, Any]) -> None:
    assert {name for name in metadata if not name.startswith("$")} == values.keys()
    assert metadata["$lastUpdated"] in {"earlier", _NOW}
    for name, value in values.items():
        assert value is not None
        if isinstance(value, dict):
            _check(value, metadata[name])


def test_what_services_write_and_devices_report_are_apart() -> None:
    twin, change = twins.patched(
        Twin(), {"tags": {"room": 1}, "properties": {"desired": {"rate": 2}}}, _NOW
    )
    after = twins.reported(twin, {"rate": 3}, _NOW)
    assert change == {"rate": 2}
    assert after.tags == {"room": 1}
    assert twins.for_device(after) == {
        "desired": {"rate": 2, "$version": 2},
        "reported": {"rate": 3, "$version": 2},
    }
    assert after.etag == twin.etag


def test_a_device_is_told_what_goes_when_all_is_replaced() -> None:
    twin, _ = twins.patched(Twin(), {"properties": {"desired": {"a": 1, "b": 2}}}, _NOW)
    whole = {"properties": {"desired": {"b": 3}}}
    after, change = twins.patched(twin, whole, _NOW, is_whole=True)
    assert (after.desired.values, change) == ({"b": 3}, {"a": None, "b": 3})
    after, change = twins.patched(after, {}, _NOW, is_whole=True)
    assert (after.desired.values, change) == ({}, {"b": None})
    assert after.desired.metadata == {"$lastUpdated": _NOW}


def test_a_twin_that_was_kept_is_the_same() -> None:
    twin, _ = twins.patched(Twin(), {"properties": {"desired": {"a": {"b": 1}}}}, _NOW)
    assert twins.kept(asdict(twin)) == twin


@pytest.mark.parametrize(
    "values",
    [
        {"a.b": 1},
        {"$a": 1},
        {"a b": 1},
        {"": 1},
        {"a": "x" * 4097},
        {"a": 2**52},
        {"a": -(2**52) - 1},
        {"a\x01": 1},
        {"a\x85": 1},
        {"a": [[[[[[[[[[1]]]]]]]]]]},
        {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": {"i": {"j": {"k": 1}}}}}}}}}}},
        {str(number): "x" * 4000 for number in range(10)},
        [1],
    ],
)
def test_what_no_twin_holds_is_refused(values: object) -> None:
    with pytest.raises(HubError) as refused:
        twins.reported(Twin(), values, _NOW)
    assert refused.value.status == 400
