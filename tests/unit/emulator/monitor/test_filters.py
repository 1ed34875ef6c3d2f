"""Conditions on dimensions, as questions for metrics write them."""

from __future__ import annotations

import pytest

from funcyard.emulator.monitor.errors import MetricsError
from funcyard.emulator.monitor.filters import read_filter


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["a1", "a2", "b1", "b2"]),
        ("A eq '*'", ["a1", "a2", "b1", "b2"]),
        ("a eq 'A' and n eq '*'", ["a1", "a2"]),
        ("A eq 'a' and N eq '1' or N eq '3'", ["a1"]),
        ("(A eq 'a' or A eq 'b') and (N eq '2')", ["a2", "b2"]),
        ("A ne 'a'", ["b1", "b2"]),
        ("A sw 'B' and N ne '1'", ["b2"]),
        ("A sw 'bO'", []),
        ("A eq 'it''s'", []),
        ("A eq 'b' and A ne 'b'", []),
        ("Other eq 'x' and N eq '1'", ["a1", "b1"]),
    ],
)
def test_conditions_choose_values(text: str, wanted: list[str]) -> None:
    found = read_filter(text)
    there = [{"A": one, "N": number} for one in "ab" for number in "12"]
    assert [one["A"] + one["N"] for one in there if found.holds(one)] == wanted


@pytest.mark.parametrize(
    "text", ["A sw 'it'''", "A eq 'IT''s ('", "(A eq 'it''s (')", "(A eq ')') or A eq 'it''s ('"]
)
def test_a_value_may_hold_anything(text: str) -> None:
    found = read_filter(text)
    assert found.holds({"A": "it's ("})
    assert not found.holds({"A": "its ("})


def test_dimensions_are_named_once() -> None:
    assert read_filter("A eq 'x' or a eq 'y' and B eq '*'").names == ["A", "B"]


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "A eq x",
        "A gt '1'",
        "A eq 'x' and",
        "A eq 'x' B eq 'y'",
        "(A eq 'x'",
        "A eq 'x')",
        "A eq 'x)",
        "A eq 'x' or B eq 'y'",
        "A eq 'x'; drop",
    ],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(MetricsError, match=r"Invalid \$filter"):
        read_filter(text)
