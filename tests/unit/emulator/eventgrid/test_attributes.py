"""Headers that a subscription adds to deliveries."""

from __future__ import annotations

from typing import Any

import pytest

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.eventgrid import attributes
from funcyard.emulator.eventgrid.events import Event
from funcyard.emulator.eventgrid.naming import EVENT_GRID


def _fixed(name: str, value: str, *, is_secret: bool = False) -> dict[str, Any]:
    return {"name": name, "type": "Static", "properties": {"value": value, "isSecret": is_secret}}


def _of_event(name: str, field: str) -> dict[str, Any]:
    return {"name": name, "type": "Dynamic", "properties": {"sourceField": field}}


def _headers(value: object) -> dict[str, str]:
    event = Event(EVENT_GRID, {"id": "1", "data": {"key": value}})
    return attributes.headers([_fixed("X-A", "a"), _of_event("X-B", "data.key")], event)


@pytest.mark.parametrize(
    ("value", "told"), [("b", "b"), (7, "7"), (1.5, "1.5"), (True, "true")], ids=str
)
def test_what_an_event_says_becomes_a_header(value: object, told: str) -> None:
    assert _headers(value) == {"X-A": "a", "X-B": told}


@pytest.mark.parametrize(
    "value",
    [None, [1], {"x": 1}, "two\r\nX-Other: lines", "Zürich", "x" * 4097],
    ids=["null", "array", "object", "two lines", "beyond ASCII", "too long"],
)
def test_what_no_header_can_hold_is_left_out(value: object) -> None:
    assert _headers(value) == {"X-A": "a"}


def test_secret_values_are_not_shown() -> None:
    told = attributes.shown([_fixed("X-A", "a"), _fixed("X-B", "b", is_secret=True)])
    assert [one["properties"]["value"] for one in told] == ["a", "Hidden"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (_fixed("X A", "a"), "cannot be the name"),
        (_fixed("aeg-event-type", "a"), "cannot be the name"),
        (_fixed("X-A", ""), "has no value"),
        (_fixed("X-A", "two\nlines"), "is no header's"),
        (_of_event("X-A", ""), "has no sourceField"),
    ],
)
def test_what_cannot_be_a_header_is_refused(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ArmError, match=told):
        attributes.check([given])


def test_ten_headers_are_the_most() -> None:
    attributes.check([_fixed(f"X-{number}", "a") for number in range(10)])
    with pytest.raises(ArmError, match="At most 10"):
        attributes.check([_fixed(f"X-{number}", "a") for number in range(11)])
