"""Values told apart by dimensions and aggregated by intervals."""

from __future__ import annotations

from funcyard.emulator.monitor.models import Value
from funcyard.emulator.monitor.series import WORDS, foremost, series_of

_VALUES = [
    Value("Used", minute * 60.0, value, {"Revision": "one", "Pod": pod})
    for minute, pod, value in ((0, "b", 2.0), (0, "a", 1.0), (1, "a", 3.0), (6, "b", 8.0))
]


def test_all_values_of_an_interval_are_aggregated() -> None:
    (series,) = series_of(_VALUES, [], 0, 300)
    assert series.dimensions == {}
    assert series.at(0, WORDS) == {
        "average": 2.0,
        "minimum": 1.0,
        "maximum": 3.0,
        "total": 6.0,
        "count": 3.0,
    }
    assert series.at(1, ["count"]) == {"count": 1.0}
    assert series.at(2, WORDS) == {}


def test_values_are_told_apart_in_the_order_of_their_dimensions() -> None:
    first, second = series_of(_VALUES, ["pod"], 0, 60)
    assert (first.dimensions, second.dimensions) == ({"pod": "a"}, {"pod": "b"})
    assert [first.at(number, ["total"]) for number in (0, 1, 6)] == [
        {"total": 1.0},
        {"total": 3.0},
        {},
    ]
    assert second.whole("maximum") == 8.0


def test_of_nothing_there_is_no_series() -> None:
    assert series_of([], ["pod"], 0, 60) == []


def test_the_largest_or_the_smallest_series_can_be_the_first() -> None:
    found = series_of(_VALUES, ["pod"], 0, 60)
    pods = [one.dimensions["pod"] for one in foremost(found, ("average", True), 10)]
    assert pods == ["b", "a"]
    (least,) = foremost(found, ("total", False), 1)
    assert least.dimensions == {"pod": "a"}
    assert foremost(found, None, 1) == found[:1]
