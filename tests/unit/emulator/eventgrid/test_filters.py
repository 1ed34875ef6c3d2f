"""Which events a subscription's filter lets through, as Microsoft documents it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.core.schemas import schema_of
from funcyard.emulator.eventgrid.events import Event
from funcyard.emulator.eventgrid.filters import check, lets_through
from funcyard.emulator.eventgrid.naming import CLOUD_EVENTS, EVENT_GRID


def _event(data: object = None, **more: object) -> Event:
    body = {"id": "1", "topic": "/t", "subject": "Parts/7.jpg", "eventType": "Made", "data": data}
    return Event(EVENT_GRID, {**body, "dataVersion": "1", "metadataVersion": "1", **more})


def _lets(operator: str, key: str, value: object, event: Event, *, on_arrays: bool = False) -> bool:
    name = "values" if isinstance(value, list) else "value"
    one = {"operatorType": operator, "key": key, name: value}
    check({"advancedFilters": [one]})
    filter_ = {"advancedFilters": [one], "enableAdvancedFilteringOnArrays": on_arrays}
    return lets_through(filter_, event)


@pytest.mark.parametrize(
    ("filter_", "passes"),
    [
        ({}, True),
        ({"includedEventTypes": ["Sold", "made"]}, True),
        ({"includedEventTypes": ["Sold"]}, False),
        ({"includedEventTypes": ["All"]}, True),
        ({"subjectBeginsWith": "parts/", "subjectEndsWith": ".JPG"}, True),
        ({"subjectBeginsWith": "parts/", "isSubjectCaseSensitive": True}, False),
        ({"subjectEndsWith": ".png"}, False),
    ],
    ids=str,
)
def test_types_and_subjects(filter_: dict[str, Any], passes: bool) -> None:  # noqa: FBT001 - a case
    assert lets_through(filter_, _event()) is passes


@pytest.mark.parametrize(
    ("operator", "value", "data", "passes"),
    [
        ("NumberIn", [5, 1], 5, True),
        ("NumberIn", [5, 1], 2, False),
        ("NumberNotIn", [41, 0], 2, True),
        ("NumberNotIn", [41, 0], 0, False),
        ("NumberLessThan", 100, 99.5, True),
        ("NumberLessThan", 100, 100, False),
        ("NumberGreaterThan", 20, 21, True),
        ("NumberGreaterThan", 20, 20, False),
        ("NumberLessThanOrEquals", 100, 100, True),
        ("NumberGreaterThanOrEquals", 30, 30, True),
        ("NumberGreaterThanOrEquals", 30, 29, False),
        ("NumberInRange", [[3.14159, 999.95], [3000, 4000]], 3500, True),
        ("NumberInRange", [[3.14159, 999.95], [3000, 4000]], 1000, False),
        ("NumberNotInRange", [[3.14159, 999.95], [3000, 4000]], 1000, True),
        ("NumberNotInRange", [[3000, 4000]], 3000, False),
        ("BoolEquals", True, True, True),
        ("BoolEquals", True, False, False),
        ("BoolEquals", False, False, True),
        ("StringContains", ["microsoft", "azure"], "Azure Data Factory", True),
        ("StringContains", ["microsoft"], "Azure Data Factory", False),
        ("StringNotContains", ["contoso", "fabrikam"], "Azure", True),
        ("StringNotContains", ["contoso", "fabrikam"], "the CONTOSO company", False),
        ("StringBeginsWith", ["event", "message"], "Event Hubs", True),
        ("StringNotBeginsWith", ["event", "message"], "Event Hubs", False),
        ("StringEndsWith", ["jpg", "png"], "eventgrid.PNG", True),
        ("StringNotEndsWith", ["jpg", "png"], "eventgrid.gif", True),
        ("StringIn", ["contoso", "factory"], "FACTORY", True),
        ("StringIn", ["contoso", "factory"], "factory 2", False),
        ("StringNotIn", ["aws", "bridge"], "aws", False),
        ("StringNotIn", ["aws", "bridge"], "azure", True),
    ],
)
def test_operators(operator: str, value: object, data: object, passes: bool) -> None:  # noqa: FBT001 - a case
    assert _lets(operator, "data.key1", value, _event({"key1": data})) is passes


@pytest.mark.parametrize("data", [{}, {"key1": None}, None], ids=["no key", "null", "no data"])
def test_of_an_event_without_the_key_only_two_operators_hold(data: object) -> None:
    values = {"Number": [1], "String": ["a"], "Bool": True}
    held = {
        operator
        for operator in (
            *("NumberIn", "NumberNotIn", "NumberLessThan", "NumberGreaterThan", "BoolEquals"),
            *("StringIn", "StringNotIn", "StringContains", "StringNotContains"),
            *("StringBeginsWith", "StringNotBeginsWith", "StringEndsWith", "StringNotEndsWith"),
        )
        for kind, value in values.items()
        if operator.startswith(kind) and _lets(operator, "data.key1", value, _event(data))
    }
    assert held == {"NumberNotIn", "StringNotIn"}
    is_null = {"operatorType": "IsNullOrUndefined", "key": "data.key1"}
    assert lets_through({"advancedFilters": [is_null]}, _event(data))
    is_not = {"operatorType": "IsNotNull", "key": "data.key1"}
    assert not lets_through({"advancedFilters": [is_not]}, _event(data))


def test_arrays_count_only_where_the_filter_says_so() -> None:
    event = _event({"key1": [1, "x", 7]})
    assert _lets("NumberIn", "data.key1", [7], event, on_arrays=True)
    assert not _lets("NumberIn", "data.key1", [7], event)
    assert not _lets("NumberNotIn", "data.key1", [7], event, on_arrays=True)


def test_keys_are_fields_of_the_event_in_any_case_or_paths_into_its_data() -> None:
    event = _event({"a": {"b": "c"}})
    for key, value in (
        ("Subject", "parts/7.jpg"),
        ("EventType", "made"),
        ("Topic", "/t"),
        ("Id", "1"),
        ("DataVersion", "1"),
        ("Data.a.b", "c"),
    ):
        assert _lets("StringIn", key, [value], event)
    body = {"id": "1", "source": "/s", "type": "Made", "specversion": "1.0", "ours": "x"}
    cloud = Event(CLOUD_EVENTS, body)
    for key, value in (("EventId", "1"), ("source", "/s"), ("eventType", "made"), ("ours", "x")):
        assert _lets("StringIn", key, [value], cloud)


def test_all_filters_have_to_hold_and_one_value_of_each() -> None:
    event = _event({"a": 1, "b": "x"})
    first = {"operatorType": "NumberIn", "key": "data.a", "values": [1, 2]}
    second = {"operatorType": "StringIn", "key": "data.b", "values": ["y", "z"]}
    assert lets_through({"advancedFilters": [first]}, event)
    assert not lets_through({"advancedFilters": [first, second]}, event)


_VALUES = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
_NEGATED = {
    "NumberIn": "NumberNotIn",
    "StringIn": "StringNotIn",
    "StringContains": "StringNotContains",
    "StringBeginsWith": "StringNotBeginsWith",
    "StringEndsWith": "StringNotEndsWith",
}


@given(
    st.sampled_from(sorted(_NEGATED)),
    st.dictionaries(st.just("key1"), _VALUES | st.lists(_VALUES, max_size=3)),
    st.data(),
)
def test_of_an_event_with_the_key_an_operator_holds_or_its_negation(
    operator: str, data: dict[str, Any], drawn: st.DataObject
) -> None:
    values = st.integers(-3, 3) if operator.startswith("Number") else st.text("ab", max_size=2)
    wanted = drawn.draw(st.lists(values, min_size=1, max_size=3))
    event = _event(data)
    holds = _lets(operator, "data.key1", wanted, event, on_arrays=True)
    fails = _lets(_NEGATED[operator], "data.key1", wanted, event, on_arrays=True)
    if data.get("key1") is not None:
        assert holds is not fails


@pytest.mark.parametrize(
    ("filter_", "told"),
    [
        ({"operatorType": "NumberIn", "values": [1]}, "has no key"),
        ({"operatorType": "NumberIn", "key": "data.a", "values": []}, "nothing to compare"),
        ({"operatorType": "StringIn", "key": "data.a", "values": ["x" * 513]}, "at most 512"),
        ({"operatorType": "NumberInRange", "key": "data.a", "values": [[2, 1]]}, "is no range"),
        ({"operatorType": "NumberIn", "key": "data.a", "values": list(range(26))}, "At most 25"),
    ],
    ids=["no key", "no value", "a long value", "a range upside down", "many values"],
)
def test_what_cannot_be_meant_is_refused(filter_: dict[str, Any], told: str) -> None:
    with pytest.raises(ArmError, match=told):
        check({"advancedFilters": [filter_]})


_NUMBERS = st.integers(-9, 9) | st.floats(-9, 9)
_OPERANDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "Number": st.fixed_dictionaries({"value": _NUMBERS}),
    "NumberIn": st.fixed_dictionaries({"values": st.lists(_NUMBERS, max_size=3)}),
    "Range": st.fixed_dictionaries(
        {"values": st.lists(st.lists(_NUMBERS, max_size=3), max_size=2)}
    ),
    "Bool": st.fixed_dictionaries({"value": st.booleans()}),
    "String": st.fixed_dictionaries({"values": st.lists(st.text(max_size=3), max_size=3)}),
    "Is": st.just({}),
}
_KIND = {
    "IsNotNull": "Is",
    "IsNullOrUndefined": "Is",
    "NumberIn": "NumberIn",
    "NumberNotIn": "NumberIn",
    "NumberInRange": "Range",
    "NumberNotInRange": "Range",
}
_OPERATORS = [
    way["properties"]["operatorType"]["enum"][0]
    for way in schema_of("Microsoft.EventGrid/topics/eventSubscriptions").definitions[
        "AdvancedFilter"
    ]["oneOf"]
]


@given(st.sampled_from(_OPERATORS), st.data(), st.booleans())
def test_every_filter_that_is_taken_has_an_answer_for_every_event(
    operator: str,
    data: st.DataObject,
    on_arrays: bool,  # noqa: FBT001 - drawn
) -> None:
    kind = _KIND.get(operator) or next(one for one in _OPERANDS if operator.startswith(one))
    operand = data.draw(_OPERANDS[kind])
    key = data.draw(st.sampled_from(["data", "data.key1", "data.key1.x", "subject", "other", "."]))
    filter_ = {"operatorType": operator, "key": key, **operand}
    try:
        check({"advancedFilters": [filter_]})
    except ArmError:
        return
    content = data.draw(_VALUES | st.dictionaries(st.just("key1"), _VALUES | st.lists(_VALUES)))
    whole = {"advancedFilters": [filter_], "enableAdvancedFilteringOnArrays": on_arrays}
    assert lets_through(whole, _event(content)) in {True, False}
